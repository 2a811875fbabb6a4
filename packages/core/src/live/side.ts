import type { Table } from '../table/index.ts';

/** Where a row can be. */
export type Side = 'source' | 'target';

/** Something of each side. */
export interface Both<T> {
  readonly source: T;
  readonly target: T;
}

/** The two tables, opened with `reserved: true`. */
export type Sides = Both<Table>;

/** Even epochs belong to the source, odd ones to the target. */
export function ownerOf(epoch: number): Side {
  return epoch % 2 === 0 ? 'source' : 'target';
}

export function otherOf(side: Side): Side {
  return side === 'source' ? 'target' : 'source';
}

/** Asks both sides at the same time. */
export async function both<T>(ask: (side: Side) => Promise<T>): Promise<Both<T>> {
  const [source, target] = await Promise.all([ask('source'), ask('target')]);
  return { source, target };
}

/** Puts what is the owner's and what is the other's to their sides. */
export function sided<T>(owner: Side, own: T, other: T): Both<T> {
  return owner === 'source' ? { source: own, target: other } : { source: other, target: own };
}
