import { keyOf, type Model } from './model.ts';
import type { PlacedSet } from './placed-set.ts';
import { SequenceSet } from './sequence-set.ts';

/**
 * The configurations, that is sets of placed operations with the state they led to, from which a search has found no
 * way on. Whatever order leads to one of them again is given up at once: Lowe's memoisation.
 */
export class DeadEnds<State, Input, Output> {
  /** Every state of a dead end, once. */
  readonly states: State[] = [];
  readonly #model: Model<State, Input, Output>;
  readonly #ids = new Map<unknown, number>();
  readonly #known = new SequenceSet();
  readonly #sequence: number[] = [];

  constructor(model: Model<State, Input, Output>) {
    this.#model = model;
  }

  has(state: State, placed: PlacedSet, missing: number, last: number): boolean {
    const id = this.#ids.get(keyOf(this.#model, state));
    if (id === undefined) return false;
    this.#sequence[0] = id;
    return this.#known.has(this.#sequence, placed.write(this.#sequence, 1, missing, last));
  }

  add(state: State, placed: PlacedSet, missing: number, last: number): void {
    this.#sequence[0] = this.#idOf(state);
    this.#known.add(this.#sequence, placed.write(this.#sequence, 1, missing, last));
  }

  #idOf(state: State): number {
    const key = keyOf(this.#model, state);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.states.length);
    return this.states.push(state) - 1;
  }
}
