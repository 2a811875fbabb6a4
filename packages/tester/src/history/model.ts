/** What one step of a model leads to. */
export interface Outcome<State, Output> {
  readonly state: State;
  readonly output: Output;
}

/** Names a part of the state; operations on different parts know nothing of each other. */
export type PartitionKey = string | number;

/**
 * What an object does when its operations happen one after another.
 *
 * States are never changed, only replaced: `step` must leave the state that it is given alone.
 */
export interface Model<State, Input, Output> {
  init(): State;
  /** What the operation leads to; several outcomes if any of them is right, none if it cannot happen now. */
  step(state: State, input: Input): Outcome<State, Output> | readonly Outcome<State, Output>[];
  /** Whether an actual output is the one that the model gave. */
  equal(expected: Output, actual: Output): boolean;
  /**
   * A primitive that two states share only if no operation can tell them apart. Without it a state is its own key:
   * right for primitives; objects then count as different unless they are the same one, which is sound but slow.
   */
  key?(state: State): unknown;
  /**
   * Whether an operation that gives this output leaves every state as it is: a read, a refused write. The search then
   * need not try it late as well as early, which makes a hard history an easy one.
   */
  readOnly?(input: Input, output: Output): boolean;
  /**
   * The part of the state that an operation reads and writes. Undefined says that it spans several parts: a history
   * with such an operation is checked as a whole. The parts must start and evolve independently of each other.
   */
  partition?(input: Input): PartitionKey | undefined;
}

/** All outcomes of one step, as a list. */
export function outcomesOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  state: State,
  input: Input,
): readonly Outcome<State, Output>[] {
  const result = model.step(state, input);
  return isSeveral(result) ? result : [result];
}

/** `Array.isArray` alone does not tell a read-only list from what else a step may give. */
export function isSeveral<State, Output>(
  result: Outcome<State, Output> | readonly Outcome<State, Output>[],
): result is readonly Outcome<State, Output>[] {
  return Array.isArray(result);
}

/** A map would take it for the other zero. */
const NEGATIVE_ZERO = Symbol('-0');

/** What tells states apart: by `Object.is`, and as a key of a map. */
export function keyOf<State, Input, Output>(model: Model<State, Input, Output>, state: State): unknown {
  const key = model.key ? model.key(state) : state;
  return Object.is(key, -0) ? NEGATIVE_ZERO : key;
}
