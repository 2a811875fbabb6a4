import { type KeySample, keyOf, type RangeOptions, type RowKey } from 'changeover/table';
import type { Scanner } from './azure-tables-scan.ts';

/** So many keys are held at once for each part that is asked for. */
const KEYS_PER_PART = 64;
const PAGE_ROWS = 1000;

/**
 * Splits a range by one pass over its keys, in constant memory: of the rows every so many-th is kept, and every other one
 * of these dropped whenever there are too many.
 */
export async function sampleKeys(
  scanner: Scanner,
  parts: number,
  options: RangeOptions & { readonly signal?: AbortSignal },
): Promise<KeySample> {
  const room = parts * KEYS_PER_PART;
  let kept: { readonly key: RowKey; readonly rank: number }[] = [];
  let stride = 1;
  let rows = 0;
  for (let position: RangeOptions | undefined = options; position; ) {
    const page = await scanner.page({ ...position, limit: PAGE_ROWS, select: [] });
    for (const row of page.rows) {
      rows += 1;
      if (rows % stride !== 0) continue;
      kept.push({ key: keyOf(row), rank: rows });
      if (kept.length <= room) continue;
      stride *= 2;
      kept = kept.filter(({ rank }) => rank % stride === 0);
    }
    position = page.continuation && { ...options, after: page.continuation };
  }
  return { keys: splits(kept, parts, rows), rows };
}

/** The last key of each part but the final one. */
function splits(
  kept: readonly { readonly key: RowKey; readonly rank: number }[],
  parts: number,
  rows: number,
): readonly RowKey[] {
  const keys: RowKey[] = [];
  for (let part = 1; part < parts; part += 1) {
    const wanted = Math.floor((part * rows) / parts);
    const found = kept.findLast(({ rank }) => rank <= wanted)?.key;
    if (found && found !== keys.at(-1)) keys.push(found);
  }
  return keys;
}
