import type { RowKey } from 'changeover/table';
import type { KeyRange } from '../layout/index.ts';
import type { Runs } from './postgres-registry.ts';
import type { PostgresRows } from './postgres-rows.ts';

/** Fewer rows are walked through, key by key. */
const SAMPLED_ROWS_MIN = 100_000;
/** So many pages a part make its size true to about an eighth, also where the rows of a page are neighbours. */
const PAGES_A_PART = 64;
/** Few, so that there are rather too many pages. */
const ROWS_A_PAGE = 50;
/** Of more than this there is no point in sampling. */
const PERCENT_MAX = 50;
/** A range that is a small part of its table may get too few. */
const KEYS_A_PART_MIN = 16;

/** The last keys of all parts but the last one, if the `rows` rows of a range are divided about evenly. */
export async function splitKeys(
  run: Runs,
  places: PostgresRows,
  range: KeyRange,
  rows: number,
  parts: number,
): Promise<readonly RowKey[]> {
  if (parts === 1 || rows < 2) return [];
  const percent = (100 * parts * PAGES_A_PART) / (rows / ROWS_A_PAGE);
  if (rows >= SAMPLED_ROWS_MIN && percent <= PERCENT_MAX) {
    const keys = await places.someKeys(run, range, percent);
    if (keys.length >= parts * KEYS_A_PART_MIN) return evenly(keys, parts);
  }
  const step = Math.max(1, Math.ceil(rows / parts));
  if (step >= rows) return [];
  const keys = await places.everyKey(run, range, step);
  // The last of all rows ends no part but the last one.
  return keys.length * step === rows ? keys.slice(0, -1) : keys;
}

function evenly(keys: readonly RowKey[], parts: number): readonly RowKey[] {
  return Array.from({ length: parts - 1 }, (_, part) => {
    return keys[Math.floor((keys.length * (part + 1)) / parts)] as RowKey;
  });
}
