import type { Operation } from './history.ts';
import type { CheckOptions, NotLinearizable } from './linearizability.ts';
import { LinearizationSearch, type Verdict } from './linearization-search.ts';
import type { Model, PartitionKey } from './model.ts';

/** A window tries many small searches: about two seconds of work for a cheap model. */
const DEFAULT_BUDGET = 15_000_000;
/** More expected outputs than this tell a reader nothing. */
const MOST_EXPECTED = 5;

/** The stretch of a history in which a violation lies. */
export interface ViolationWindow<Input, Output> {
  readonly partition: PartitionKey | undefined;
  /** The first and the last event of the window; the last is the response that no order explains. */
  readonly from: number;
  readonly to: number;
  /** All that go on in the window, in the order of invocation. Those under way at either end may take effect or not. */
  readonly operations: readonly Operation<Input, Output>[];
  /** The operation that cannot be placed: the one that returns last. */
  readonly culprit: Operation<Input, Output>;
  /** What it could have returned instead, at most five. Empty if nothing explains its success. */
  readonly expected: readonly Output[];
  /**
   * The longest prefix that is linearizable, everything before `to`, in an order that explains it: all that returned,
   * and what took effect of the rest. Empty if the budget did not suffice to order it.
   */
  readonly prefix: readonly Operation<Input, Output>[];
  /** How many states the window was tried from: all that any part of the prefix can lead to. */
  readonly states: number;
  /** False if the budget was spent before the window was proved smallest and all outputs were tried. */
  readonly complete: boolean;
}

/**
 * Where in the history a violation lies, or undefined if the budget does not suffice to find one in the operations.
 *
 * The window ends with the earliest response that nothing explains, whatever happens after it. It begins as late as
 * it can while no state that the history can reach up to there explains it; an operation that was under way
 * when it begins may have had any effect in it, or none. So what a window shows is a contradiction in itself.
 */
export function smallestWindow<State, Input, Output>(
  model: Model<State, Input, Output>,
  { operations, partition }: Pick<NotLinearizable<Input, Output>, 'operations' | 'partition'>,
  options: CheckOptions = {},
): ViolationWindow<Input, Output> | undefined {
  const finder = new WindowFinder(model, operations, options.budget ?? DEFAULT_BUDGET);
  const contradiction = finder.earliestContradiction();
  if (!contradiction) return undefined;
  const { to, reachable } = contradiction;
  const culprit = operations.find(({ returnedAt }) => returnedAt === to)!;
  const prefix = finder.explanationBefore(to);
  const { from, states } = finder.latestStart(culprit, to, reachable);
  return {
    partition,
    from,
    to,
    operations: during(operations, from, to),
    culprit,
    expected: finder.expectedOutputs(culprit, to),
    prefix,
    states: states.length,
    complete: finder.complete,
  };
}

type Operations<Input, Output> = readonly Operation<Input, Output>[];

class WindowFinder<State, Input, Output> {
  complete = true;
  #left: number;
  readonly #model: Model<State, Input, Output>;
  readonly #operations: Operations<Input, Output>;
  readonly #init: State;

  constructor(model: Model<State, Input, Output>, operations: Operations<Input, Output>, budget: number) {
    this.#model = model;
    this.#operations = operations;
    this.#init = model.init();
    this.#left = budget;
  }

  /**
   * The earliest response up to which the history is a violation, and every state that some part of it leads to.
   * Prefixes of what is linearizable are linearizable, so it is searched for by strides, from where the search of the
   * whole got stuck.
   */
  earliestContradiction(): { readonly to: number; readonly reachable: readonly State[] } | undefined {
    const responses = [...new Set(this.#operations.flatMap(({ returnedAt }) => returnedAt ?? []))];
    responses.sort((a, b) => a - b);
    let refuted = this.#explore(this.#operations, this.#init);
    if (refuted.verdict !== 'violation') return undefined;
    let explained = responses.indexOf(refuted.search.furthest) - 1;
    let contradicted = responses.length - 1;
    for (let stride = 1; contradicted - explained > 1; ) {
      const probe = Math.min(explained + stride, contradicted - 1);
      const explored = this.#explore(this.#upTo(responses[probe]!), this.#init);
      if (explored.verdict === 'violation') {
        refuted = explored;
        contradicted = probe;
        stride = 1;
      } else {
        explained = probe;
        stride *= 2;
      }
    }
    return { to: responses[contradicted]!, reachable: refuted.search.states() };
  }

  /**
   * The latest event such that what goes on from there to `to` contradicts every one of the states. If there is none,
   * it takes all from the beginning, and the initial state.
   */
  latestStart(
    culprit: Operation<Input, Output>,
    to: number,
    states: readonly State[],
  ): { readonly from: number; readonly states: readonly State[] } {
    const events = this.#operations
      .flatMap(({ invokedAt, returnedAt }) => [invokedAt, returnedAt ?? invokedAt])
      .filter((event) => event <= culprit.invokedAt)
      .toSorted((a, b) => b - a);
    // The state that explained a smaller window is the likeliest to explain a larger one.
    let likeliest = states[0] as State;
    for (const from of new Set(events)) {
      if (this.#isSpent()) break;
      const window = cut(this.#operations, from, to);
      const explains = (state: State) => this.#explore(window, state).verdict !== 'violation';
      if (explains(likeliest)) continue;
      const explaining = states.findIndex(explains);
      if (explaining === -1) return { from, states };
      likeliest = states[explaining] as State;
    }
    return { from: events.at(-1)!, states: [this.#init] };
  }

  /** The outputs with which the history up to `to` would be linearizable: each is one that a search finds anew. */
  expectedOutputs(culprit: Operation<Input, Output>, to: number): readonly Output[] {
    const expected: Output[] = [];
    const history = this.#upTo(to).map((each) =>
      each === culprit ? { ...each, output: ANOTHER as Output } : each,
    );
    while (expected.length < MOST_EXPECTED) {
      const model = withAnother(this.#model, expected);
      const { verdict, search } = this.#explore(history, this.#init, model);
      if (verdict !== 'linearizable') break;
      expected.push(search.order().find(({ id }) => id === culprit.id)!.output);
    }
    return expected;
  }

  /** An order that explains all that returned before `to`. */
  explanationBefore(to: number): Operations<Input, Output> {
    const byId = new Map(this.#operations.map((operation) => [operation.id, operation]));
    const before = this.#operations
      .filter(({ invokedAt }) => invokedAt < to)
      .map((operation) => (returnsBefore(operation, to) ? operation : opened(operation)));
    const { verdict, search } = this.#explore(before, this.#init);
    return verdict === 'linearizable' ? search.order().map(({ id }) => byId.get(id)!) : [];
  }

  #isSpent(): boolean {
    if (this.#left <= 0) this.complete = false;
    return this.#left <= 0;
  }

  #upTo(to: number): Operations<Input, Output> {
    return cut(this.#operations, Number.NEGATIVE_INFINITY, to);
  }

  /** Setting a search up costs as much as a step for each operation, and is charged like that. */
  #explore(
    operations: Operations<Input, Output>,
    start: State,
    model = this.#model,
  ): { readonly verdict: Verdict; readonly search: LinearizationSearch<State, Input, Output> } {
    const search = new LinearizationSearch(model, operations, start);
    const verdict = search.run(this.#left);
    this.#left -= search.steps + operations.length;
    if (verdict === 'unknown') this.complete = false;
    return { verdict, search };
  }
}

/** Stands for any output but some. */
const ANOTHER: unknown = Symbol('another output');

/** The model, but that {@link ANOTHER} is equal to every output that is none of these. */
function withAnother<State, Input, Output>(
  model: Model<State, Input, Output>,
  outputs: readonly Output[],
): Model<State, Input, Output> {
  return {
    ...model,
    equal: (expected, actual) =>
      actual === ANOTHER
        ? !outputs.some((output) => model.equal(expected, output))
        : model.equal(expected, actual),
    readOnly: (input, output) => output !== ANOTHER && model.readOnly?.(input, output) === true,
  };
}

/** The operations that are under way at some time from `from` to `to`. */
function during<Input, Output>(
  operations: Operations<Input, Output>,
  from: number,
  to: number,
): Operations<Input, Output> {
  return operations.filter((operation) => operation.invokedAt <= to && !returnsBefore(operation, from));
}

/** The same, as far as it goes on in between: what began before or ends after is open. */
function cut<Input, Output>(
  operations: Operations<Input, Output>,
  from: number,
  to: number,
): Operations<Input, Output> {
  return during(operations, from, to).map((operation) =>
    operation.invokedAt < from || returnsAfter(operation, to) ? opened(operation) : operation,
  );
}

function returnsBefore({ returnedAt }: Operation<unknown, unknown>, event: number): boolean {
  return returnedAt !== undefined && returnedAt < event;
}

function returnsAfter({ returnedAt }: Operation<unknown, unknown>, event: number): boolean {
  return returnedAt !== undefined && returnedAt > event;
}

function opened<Input, Output>(operation: Operation<Input, Output>): Operation<Input, Output> {
  return { ...operation, returnedAt: undefined };
}
