import type { OrderedPair, StepOrders } from '../engine/step-orders.ts';

/** How often a step of one kind came directly before one of another kind that conflicts with it, in another task. */
export interface OrderCoverage {
  /** Of the steps that were seen. */
  readonly kinds: readonly string[];
  /** By the kind before, and the kind behind, as `kinds` has them. */
  readonly counts: readonly (readonly number[])[];
  /** Orders that no schedule had; `reversed` is how often the other way round was seen: if never, the two may not conflict. */
  readonly neverSeen: readonly (OrderedPair & { readonly reversed: number })[];
}

/** So many kinds are told apart; further ones are counted together. */
const MOST = 100;
const OTHERS = 'others';

/** What can be handed from thread to thread. */
export type Counts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Counts the orders of the runs of a search. */
export class OrderCounts {
  private readonly counted = new Map<string, Map<string, number>>();

  add({ pairs, kindsSeen }: StepOrders): void {
    for (const kind of kindsSeen) this.rowOf(kind);
    for (const { before, behind } of pairs) this.count(before, behind, 1);
  }

  merge(counts: Counts): void {
    for (const kind of counts.keys()) this.rowOf(kind);
    for (const [before, row] of counts) {
      for (const [behind, count] of row) this.count(before, behind, count);
    }
  }

  get counts(): Counts {
    return this.counted;
  }

  private count(before: string, behind: string, times: number): void {
    const row = this.rowOf(before);
    const column = this.named(behind);
    row.set(column, (row.get(column) ?? 0) + times);
  }

  private rowOf(kind: string): Map<string, number> {
    const name = this.named(kind);
    let row = this.counted.get(name);
    if (!row) this.counted.set(name, (row = new Map()));
    return row;
  }

  private named(kind: string): string {
    return this.counted.has(kind) || this.counted.size < MOST ? kind : OTHERS;
  }
}

export function coverageOf(counted: Counts): OrderCoverage {
  const kinds = [...counted.keys()].toSorted();
  const countOf = (before: string, behind: string) => counted.get(before)?.get(behind) ?? 0;
  const pairs = kinds.flatMap((before) => kinds.map((behind) => ({ before, behind })));
  return {
    kinds,
    counts: kinds.map((before) => kinds.map((behind) => countOf(before, behind))),
    neverSeen: pairs
      .filter(({ before, behind }) => countOf(before, behind) === 0)
      .map((pair) => ({ ...pair, reversed: countOf(pair.behind, pair.before) })),
  };
}
