import { compareKeys, type Row, type Table } from '../table/index.ts';
import { differingRanges, type KeyRange, RowStream, sameRow } from '../transfer/index.ts';
import { type SuspectOptions, Suspects } from './suspects.ts';

export interface CompareOptions extends SuspectOptions {
  readonly pageRows: number;
  readonly pageBytes: number;
}

/**
 * Compares a key range of two tables in constant memory: by hashes, down to small ranges that differ, where a store can
 * hash by itself; else, and within those, row by row.
 *
 * With a filter, the rows that match on either side are compared, each with the other side's row of that key whether
 * that matches or not: a row whose value has moved out of the filter is different, not missing, and one is extra only
 * if the source has no row of that key at all.
 */
export async function compareRange(
  source: Table,
  target: Table,
  range: KeyRange,
  options: CompareOptions,
): Promise<void> {
  if (options.filter || !worthHashing(source, target)) return compareRows(source, target, range, options);
  const { signal, onCompared } = options;
  const comparison = { signal, onEqual: onCompared };
  for await (const part of differingRanges(source, target, range, comparison)) {
    await compareRows(source, target, part, options);
  }
}

/**
 * One side that hashes by itself is enough: its rows need not travel. Where neither does, hashing reads all that a
 * comparison reads, and then costs more; see `bench/results.md`.
 */
function worthHashing(source: Table, target: Table): boolean {
  return source.manifest.rangeHash || target.manifest.rangeHash;
}

/** Merges two scans in one pass over both. */
async function compareRows(
  source: Table,
  target: Table,
  range: KeyRange,
  options: CompareOptions,
): Promise<void> {
  const { filter, pageRows: rows, pageBytes: bytes, signal } = options;
  const left = new RowStream(source, range, { filter, rows, bytes, signal });
  const right = new RowStream(target, range, { filter, rows, bytes, signal });
  const suspects = new Suspects(source, target, options);
  try {
    for (;;) {
      const row = left.head ?? ((await left.fill()) ? left.head : undefined);
      const other = right.head ?? ((await right.fill()) ? right.head : undefined);
      if (!row && !other) break;
      const order = !row ? 1 : !other ? -1 : compareKeys(row, other);
      if (order <= 0) left.advance();
      if (order >= 0) right.advance();
      if (order === 0 && sameRow(row as Row, other as Row)) options.onCompared(1);
      else await suspects.add(order <= 0 ? row : undefined, order >= 0 ? other : undefined);
    }
    await suspects.settle();
  } finally {
    await left.close();
    await right.close();
  }
}
