import { DeadEnds } from './dead-ends.ts';
import type { Operation } from './history.ts';
import { isSeveral, keyOf, type Model, type Outcome } from './model.ts';
import { PlacedSet } from './placed-set.ts';

/** `unknown`: the budget was spent before an order was found or all of them were ruled out. */
export type Verdict = 'linearizable' | 'violation' | 'unknown';

type StepResult<State, Output> = Outcome<State, Output> | readonly Outcome<State, Output>[];

/** What is put back when the operation that was placed last is taken out again. */
interface Frame<State, Output> {
  readonly index: number;
  readonly state: State;
  readonly limit: number;
  readonly last: number;
  readonly result: StepResult<State, Output>;
  readonly nextOutcome: number;
  /** It changes nothing, and so was right to be placed if anything was. */
  readonly readOnly: boolean;
}

/**
 * Looks for an order of the operations that the model allows and that respects time: Wing and Gong's depth-first
 * search, with Lowe's memory of dead ends. It neither recurses nor looks at a clock.
 *
 * An operation that has returned must be placed, and before every one that was invoked later; an open one may be
 * placed anywhere behind its invocation, or nowhere. The next to place is any whose invocation no missing operation's
 * response precedes: so the missing ones are walked in the order of invocation until one was invoked after the
 * earliest response walked over. Open ones are tried last; most histories can be explained without them.
 *
 * What the model calls read-only is placed first, as soon as it fits: any order that places it later remains one when
 * it is moved forward, as it changes nothing. So there is never another choice to try in its stead.
 */
export class LinearizationSearch<State, Input, Output> {
  /** Calls of the model's step so far. */
  steps = 0;
  /** The latest event before which every response was explained, in some order that was tried. */
  furthest = Number.NEGATIVE_INFINITY;
  readonly #model: Model<State, Input, Output>;
  /** The required ones, then the open ones, each in the order of invocation. */
  readonly #operations: readonly Operation<Input, Output>[];
  readonly #required: number;
  /** Missing operations as two rings, of the required and the open ones; the last two entries are their anchors. */
  readonly #next: number[] = [];
  readonly #previous: number[] = [];
  readonly #invokedAt: number[] = [];
  readonly #returnedAt: number[] = [];
  readonly #readOnly: boolean[] = [];
  readonly #placed: PlacedSet;
  readonly #frames: Frame<State, Output>[] = [];
  readonly #start: State;
  #deadEnds: DeadEnds<State, Input, Output> | undefined;

  #state: State;
  /** How many required operations are missing. */
  #missing: number;
  /** The last required operation that is placed, or -1. */
  #last = -1;
  /** Whether the walk is the first one, for read-only operations. */
  #readsFirst: boolean;
  /** The candidate; the earliest response of those walked over to reach it. */
  #index: number;
  #limit = Number.POSITIVE_INFINITY;
  /** If the candidate was placed before and taken out: its outcomes, and the first that was not tried. */
  #result: StepResult<State, Output> | undefined;
  #nextOutcome = 0;

  /** @param operations in the order of invocation */
  constructor(
    model: Model<State, Input, Output>,
    operations: readonly Operation<Input, Output>[],
    start: State,
  ) {
    const required = operations.filter(({ returnedAt }) => returnedAt !== undefined);
    this.#model = model;
    this.#required = required.length;
    this.#missing = required.length;
    this.#operations =
      required.length === operations.length
        ? operations
        : [...required, ...operations.filter(({ returnedAt }) => returnedAt === undefined)];
    this.#placed = new PlacedSet(required.length, operations.length - required.length);
    this.#start = start;
    this.#state = start;
    this.#linkAll();
    this.#readsFirst = model.readOnly !== undefined;
    this.#index = this.#next[this.#anchor]!;
  }

  /** Goes on until it is decided, or until the model was asked `budget` times since the beginning. */
  run(budget: number): Verdict {
    while (this.#missing > 0) {
      if (!this.#hasCandidate()) {
        if (!this.#takeBack()) return 'violation';
      } else if (this.#result === undefined && this.steps >= budget) {
        return 'unknown';
      } else if (!this.#place()) {
        this.#passOver();
      }
    }
    return 'linearizable';
  }

  /** The operations in the order that was found, each with the output that the model gave. */
  order(): readonly { readonly id: number; readonly output: Output }[] {
    return this.#frames.map(({ index, result, nextOutcome }) => ({
      id: this.#operations[index]!.id,
      output: (isSeveral(result) ? result[nextOutcome - 1]! : result).output,
    }));
  }

  /** After a violation: every state that some part of the history leads to. */
  states(): readonly State[] {
    return [this.#start, ...(this.#deadEnds?.states ?? [])];
  }

  get #anchor(): number {
    return this.#operations.length;
  }

  get #openAnchor(): number {
    return this.#operations.length + 1;
  }

  #linkAll(): void {
    const required = this.#required;
    const { length } = this.#operations;
    for (let index = 0; index < length; index += 1) {
      const { input, output, invokedAt, returnedAt } = this.#operations[index]!;
      const readOnly = index < required && this.#model.readOnly?.(input, output as Output);
      this.#readOnly.push(readOnly === true);
      this.#invokedAt.push(invokedAt);
      this.#returnedAt.push(returnedAt ?? Number.POSITIVE_INFINITY);
      this.#next.push(index + 1);
      this.#previous.push(index - 1);
    }
    this.#invokedAt.push(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    this.#next.push(length, length + 1);
    this.#previous.push(length, length + 1);
    this.#close(length, 0, required);
    this.#close(length + 1, required, length);
  }

  /** Makes the operations from `from` up to `to` a ring with its anchor. */
  #close(anchor: number, from: number, to: number): void {
    if (from === to) return;
    this.#next[anchor] = from;
    this.#previous[from] = anchor;
    this.#next[to - 1] = anchor;
    this.#previous[anchor] = to - 1;
  }

  /** Whether there is a candidate from here on: read-only ones first, then the other required ones, then open ones. */
  #hasCandidate(): boolean {
    while (this.#invokedAt[this.#index]! <= this.#limit) {
      if (this.#index >= this.#required || this.#readOnly[this.#index] === this.#readsFirst) return true;
      this.#passOver();
    }
    if (this.#index >= this.#required && this.#index !== this.#anchor) return false;
    if (this.#readsFirst) {
      this.#startOver(false);
      return this.#hasCandidate();
    }
    this.#index = this.#next[this.#openAnchor]!;
    return this.#invokedAt[this.#index]! <= this.#limit;
  }

  #passOver(): void {
    this.#limit = Math.min(this.#limit, this.#returnedAt[this.#index]!);
    this.#index = this.#next[this.#index]!;
    this.#result = undefined;
    this.#nextOutcome = 0;
  }

  /** Places the candidate with the first outcome that fits and is no dead end. */
  #place(): boolean {
    const result = this.#result ?? this.#step();
    if (!isSeveral(result)) return this.#nextOutcome === 0 && this.#take(result, result, 1);
    for (let i = this.#nextOutcome; i < result.length; i += 1) {
      if (this.#take(result[i]!, result, i + 1)) return true;
    }
    return false;
  }

  #step(): StepResult<State, Output> {
    this.steps += 1;
    return this.#model.step(this.#state, this.#operations[this.#index]!.input);
  }

  #take(
    { state, output }: Outcome<State, Output>,
    result: StepResult<State, Output>,
    nextOutcome: number,
  ): boolean {
    const index = this.#index;
    if (!this.#fits(index, state, output)) return false;
    this.#unlink(index);
    const last = index < this.#required ? Math.max(this.#last, index) : this.#last;
    if (this.#deadEnds?.has(state, this.#placed, this.#next[this.#anchor]!, last)) {
      this.#relink(index);
      return false;
    }
    this.#frames.push({
      index,
      state: this.#state,
      limit: this.#limit,
      last: this.#last,
      result,
      nextOutcome,
      readOnly: this.#readOnly[index]!,
    });
    this.#state = state;
    this.#last = last;
    this.#startOver(this.#model.readOnly !== undefined);
    return true;
  }

  /** An open operation has no output to compare, and is of no use if it leaves the state as it was. */
  #fits(index: number, state: State, output: Output): boolean {
    if (index >= this.#required) return !this.#isSame(state);
    if (!this.#model.equal(output, this.#operations[index]!.output as Output)) return false;
    if (this.#readOnly[index] && !this.#isSame(state)) {
      throw new Error(
        `the model calls operation ${this.#operations[index]!.id} read-only, and its step changes the state`,
      );
    }
    return true;
  }

  #isSame(state: State): boolean {
    return (
      Object.is(state, this.#state) || Object.is(keyOf(this.#model, state), keyOf(this.#model, this.#state))
    );
  }

  /** Takes out what was placed last and leaves a choice. False if there is nothing. */
  #takeBack(): boolean {
    this.furthest = Math.max(this.furthest, this.#limit);
    let frame = this.#frames.pop();
    for (; frame?.readOnly; frame = this.#frames.pop()) this.#undo(frame);
    if (!frame) return false;
    this.#undo(frame);
    return true;
  }

  /** Remembers the dead end, and goes back to where the operation was a candidate. */
  #undo(frame: Frame<State, Output>): void {
    this.#deadEnds ??= new DeadEnds(this.#model);
    this.#deadEnds.add(this.#state, this.#placed, this.#next[this.#anchor]!, this.#last);
    this.#relink(frame.index);
    this.#index = frame.index;
    this.#state = frame.state;
    this.#limit = frame.limit;
    this.#last = frame.last;
    this.#result = frame.result;
    this.#nextOutcome = frame.nextOutcome;
    this.#readsFirst = false;
  }

  #startOver(readsFirst: boolean): void {
    this.#readsFirst = readsFirst;
    this.#index = this.#next[this.#anchor]!;
    this.#limit = Number.POSITIVE_INFINITY;
    this.#result = undefined;
    this.#nextOutcome = 0;
  }

  #unlink(index: number): void {
    this.#next[this.#previous[index]!] = this.#next[index]!;
    this.#previous[this.#next[index]!] = this.#previous[index]!;
    this.#placed.flip(index);
    if (index < this.#required) this.#missing -= 1;
  }

  /** Undoes the latest unlink: the links of what was taken out last still fit. */
  #relink(index: number): void {
    this.#next[this.#previous[index]!] = index;
    this.#previous[this.#next[index]!] = index;
    this.#placed.flip(index);
    if (index < this.#required) this.#missing += 1;
  }
}
