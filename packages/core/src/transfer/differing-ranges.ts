import { compareKeys, type RowKey, sameHash, type Table } from '../table/index.ts';
import { boundsOf, type KeyRange, rangesBetween } from './key-range.ts';

/** A range with no more rows than this, about a page, is read rather than split again. */
const READ_ROWS = 1_000;
/** Into how many parts a range that differs is split: few round trips to a lone difference, little hashed twice. */
const PARTS = 16;

interface HashComparison {
  readonly signal: AbortSignal;
  /** Of so many rows both sides have the same hash. */
  onEqual(rows: number): void;
}

/**
 * The parts of a range, in order, in which two tables differ, as far as hashes tell them apart: small enough to be
 * compared row by row. Everything else was found equal.
 *
 * A part that differs is split by the keys of the side that has more rows in it, and its parts are hashed in turn. A
 * table that changes meanwhile may only make parts differ that do not, never hide a difference that stays.
 */
export async function* differingRanges(
  source: Table,
  target: Table,
  range: KeyRange,
  comparison: HashComparison,
): AsyncGenerator<KeyRange> {
  const bounds = { ...boundsOf(range), signal: comparison.signal };
  const [left, right] = await Promise.all([source.hashRange(bounds), target.hashRange(bounds)]);
  if (sameHash(left, right)) return comparison.onEqual(left.rows);
  const larger = left.rows < right.rows ? target : source;
  const rows = Math.max(left.rows, right.rows);
  const parts = rows > READ_ROWS ? await split(larger, range, rows, comparison.signal) : [range];
  if (parts.length === 1) return yield range;
  for (const part of parts) yield* differingRanges(source, target, part, comparison);
}

async function split(
  table: Table,
  range: KeyRange,
  rows: number,
  signal: AbortSignal,
): Promise<readonly KeyRange[]> {
  const parts = Math.min(PARTS, Math.ceil(rows / READ_ROWS));
  const { keys } = await table.sampleKeys(parts, { ...boundsOf(range), signal });
  // Every part must be narrower than the whole, or splitting might never end.
  return rangesBetween(
    keys.filter((key) => isInside(key, range)),
    range,
  );
}

function isInside(key: RowKey, { after, through }: KeyRange): boolean {
  return (!after || compareKeys(key, after) > 0) && (!through || compareKeys(key, through) < 0);
}
