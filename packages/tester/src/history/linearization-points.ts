import { History, type Invocation } from './history.ts';
import { keyOf, type Model, outcomesOf } from './model.ts';
import { showValue } from './window-report.ts';

export type LinearizationFailure =
  /** The model has no outcome for the operation at the instant at which it takes effect. */
  | 'impossible'
  /** It returned something else than the model gave when it took effect. */
  | 'wrong-output'
  /** It returned, and never took effect. */
  | 'never-linearized'
  /** It took effect a second time. */
  | 'linearized-twice'
  /** It took effect after it had returned, or after it had failed without effect. */
  | 'linearized-late'
  /** It failed saying that it had no effect, and had one. */
  | 'failed-with-effect';

/** What an annotated operation did wrong, thrown at the step that did it. */
export class LinearizationError extends Error {
  override readonly name = 'LinearizationError';
  readonly failure: LinearizationFailure;
  /** The operation, as the history numbers it. */
  readonly operation: number;

  constructor(failure: LinearizationFailure, operation: number, message: string) {
    super(message);
    this.failure = failure;
    this.operation = operation;
  }
}

/** A state that the object may be in, with what operations that took effect must return when they do. */
interface World<State, Output> {
  readonly state: State;
  readonly owed: Map<number, Output>;
}

/** A checker for one run of an object whose code says when each of its operations takes effect. */
export function annotated<State, Input, Output>(
  model: Model<State, Input, Output>,
): AnnotatedChecker<State, Input, Output> {
  return new AnnotatedChecker(model);
}

/**
 * Follows the model from one linearization point to the next and compares what operations return with what it gave.
 *
 * It fails at the earliest step that is wrong, and costs one step of the model an operation. It believes the
 * annotations: {@link history} is there to be checked without them.
 */
export class AnnotatedChecker<State, Input, Output> {
  readonly history: History<Input, Output> = new History();
  readonly #model: Model<State, Input, Output>;
  readonly #order: number[] = [];
  #worlds: readonly World<State, Output>[];
  #failure: LinearizationError | undefined;

  constructor(model: Model<State, Input, Output>) {
    this.#model = model;
    this.#worlds = [{ state: model.init(), owed: new Map() }];
  }

  invoke(task: string, input: Input): AnnotatedInvocation<State, Input, Output> {
    return new AnnotatedInvocation(this, this.history.invoke(task, input));
  }

  /** The operations that took effect, by their ids, in that order. */
  get order(): readonly number[] {
    return this.#order;
  }

  /** The states that the object may be in now: one, unless the model leaves something open. */
  get states(): readonly State[] {
    return this.#worlds.map(({ state }) => state);
  }

  /** The first failure, which the tested code may have caught. */
  get failure(): LinearizationError | undefined {
    return this.#failure;
  }

  /** To be called when the run is over: throws the first failure again, if there was one. */
  finish(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Lets the operation take effect, and gives what it may return. */
  apply(operation: Invocation<Input, Output>): readonly Output[] {
    const next = this.#worlds.flatMap((world) => this.#after(world, operation));
    if (next.length === 0)
      this.fail('impossible', operation, 'takes effect where the model does not allow it');
    this.#worlds = next;
    this.#order.push(operation.id);
    return this.#owedBy(operation.id);
  }

  /** Keeps the worlds in which the operation returns that output. */
  settle(operation: Invocation<Input, Output>, output: Output): void {
    const { id } = operation;
    const right = this.#worlds.filter(({ owed }) => this.#model.equal(owed.get(id) as Output, output));
    if (right.length === 0) {
      const expected = this.#owedBy(id).map(showValue).join(' or ');
      this.fail('wrong-output', operation, `gave ${showValue(output)}, expected ${expected}`);
    }
    this.#worlds = this.#withoutDebt(right, id);
  }

  /** The operation will never return anything. */
  forget({ id }: Invocation<Input, Output>): void {
    this.#worlds = this.#withoutDebt(this.#worlds, id);
  }

  /** Remembers the failure if it is the first, and throws it. */
  fail(failure: LinearizationFailure, { id, task, input }: Invocation<Input, Output>, what: string): never {
    const error = new LinearizationError(failure, id, `#${id} ${task}: ${showValue(input)} ${what}`);
    this.#failure ??= error;
    throw error;
  }

  /** A world with one way on goes on itself; one with several is copied for each. */
  #after({ state, owed }: World<State, Output>, { id, input }: Invocation<Input, Output>) {
    const outcomes = outcomesOf(this.#model, state, input);
    return outcomes.map((outcome) => ({
      state: outcome.state,
      owed: (outcomes.length === 1 ? owed : new Map(owed)).set(id, outcome.output),
    }));
  }

  #owedBy(id: number): readonly Output[] {
    const distinct: Output[] = [];
    for (const { owed } of this.#worlds) {
      const output = owed.get(id) as Output;
      if (!distinct.some((other) => this.#model.equal(other, output))) distinct.push(output);
    }
    return distinct;
  }

  /** Worlds that no longer differ become one; else a model that leaves something open doubles them at every step. */
  #withoutDebt(debtors: readonly World<State, Output>[], id: number): readonly World<State, Output>[] {
    for (const { owed } of debtors) owed.delete(id);
    if (debtors.length === 1) return debtors;
    return debtors.filter((world, i) => !debtors.slice(0, i).some((other) => this.#isSame(world, other)));
  }

  #isSame(one: World<State, Output>, other: World<State, Output>): boolean {
    return (
      Object.is(keyOf(this.#model, one.state), keyOf(this.#model, other.state)) &&
      [...one.owed].every(([id, output]) => this.#model.equal(output, other.owed.get(id) as Output))
    );
  }
}

/** An operation under way whose code says when it takes effect. */
export class AnnotatedInvocation<State, Input, Output> {
  readonly operation: Invocation<Input, Output>;
  readonly #checker: AnnotatedChecker<State, Input, Output>;
  #linearized = false;
  /** It must not take effect any more. After a failure with unknown effect it still may. */
  #closed = false;
  /** It failed with unknown effect, and returns nothing. */
  #mute = false;

  constructor(checker: AnnotatedChecker<State, Input, Output>, operation: Invocation<Input, Output>) {
    this.#checker = checker;
    this.operation = operation;
  }

  /**
   * To be called at the instant at which the operation takes effect.
   *
   * @returns what it may return now: one output, unless the model leaves it open
   * @throws LinearizationError
   */
  linearize(): readonly Output[] {
    if (this.#closed) this.#fail('linearized-late', 'takes effect after it has ended');
    if (this.#linearized) this.#fail('linearized-twice', 'takes effect a second time');
    this.#linearized = true;
    const outputs = this.#checker.apply(this.operation);
    if (this.#mute) this.#checker.forget(this.operation);
    return outputs;
  }

  /** @throws LinearizationError if the operation did not take effect, or this is not what it must return */
  returned(output: Output): void {
    this.operation.returned(output);
    this.#closed = true;
    if (!this.#linearized) this.#fail('never-linearized', `gave ${showValue(output)} and never took effect`);
    this.#checker.settle(this.operation, output);
  }

  /** @throws LinearizationError if the effect is said to be none and the operation took effect */
  failed(error: unknown, effect: 'none' | 'unknown'): void {
    this.operation.failed(error, effect);
    if (effect === 'unknown') {
      this.#mute = true;
      if (this.#linearized) this.#checker.forget(this.operation);
    } else {
      this.#closed = true;
      if (this.#linearized) this.#fail('failed-with-effect', 'failed without effect, and has taken effect');
    }
  }

  #fail(failure: LinearizationFailure, what: string): never {
    return this.#checker.fail(failure, this.operation, what);
  }
}
