import type { RowKey, Table } from '../table/index.ts';
import { type KeyRange, rangesBetween } from './key-range.ts';

/** Enough ranges to keep many workers busy to the end, few enough that keeping book of them weighs nothing. */
const RANGES = 64;
/** A range with fewer rows than this is more bookkeeping than work. */
const RANGE_ROWS_MIN = 5_000;

export interface TableSplit {
  readonly ranges: readonly KeyRange[];
  /** How many rows the table has, or undefined if the store cannot tell. */
  readonly rows: number | undefined;
}

/**
 * Splits a table where its rows are into ranges of about as many rows each: at least four for every worker, but no more
 * than `rangesMax`.
 */
export async function splitTable(
  table: Table,
  workers: number,
  signal: AbortSignal,
  rangesMax: number = Number.POSITIVE_INFINITY,
): Promise<TableSplit> {
  const parts = Math.min(rangesMax, Math.max(RANGES, workers * 4));
  const { keys, rows } = await table.sampleKeys(parts, { signal });
  return { ranges: rangesBetween(rows === undefined ? keys : thinned(keys, rows)), rows };
}

/** Leaves out keys evenly, until each of the ranges between them has enough rows to be worth keeping book of. */
export function thinned(keys: readonly RowKey[], rows: number): readonly RowKey[] {
  const wanted = Math.max(1, Math.floor(rows / RANGE_ROWS_MIN));
  if (keys.length < wanted) return keys;
  const step = (keys.length + 1) / wanted;
  return Array.from({ length: wanted - 1 }, (_, part) => keys[Math.round((part + 1) * step) - 1] as RowKey);
}
