import {
  type KeySample,
  keyOf,
  type Page,
  type RangeOptions,
  type RowKey,
  type ScanOptions,
} from '../table/index.ts';

/** How many keys are kept for each part that is asked for: the parts then differ by a few per cent. */
const KEPT_PER_PART = 64;

/**
 * Splits a range into about equal parts by one pass over its keys. Every so many keys one is kept; whenever there are too
 * many, every other one goes, and from then on half as many come.
 */
export async function sampleKeysOf(
  scan: (options: ScanOptions) => Promise<Page>,
  parts: number,
  options: RangeOptions,
): Promise<KeySample> {
  let kept: RowKey[] = [];
  let stride = 1;
  let rows = 0;
  for (let position: RangeOptions | undefined = options; position; ) {
    const page: Page = await scan({ ...position, select: [] });
    for (const row of page.rows) {
      rows += 1;
      if (rows % stride !== 0) continue;
      kept.push(keyOf(row));
      if (kept.length < parts * KEPT_PER_PART) continue;
      kept = kept.filter((_, index) => index % 2 === 1);
      stride *= 2;
    }
    position = page.continuation && { ...options, after: page.continuation };
  }
  return { keys: split(kept, rows / stride, parts), rows };
}

/** The last key of each part but the final one. */
function split(kept: readonly RowKey[], length: number, parts: number): readonly RowKey[] {
  const keys: RowKey[] = [];
  for (let part = 1; part < parts; part += 1) {
    const key = kept[Math.floor((part * length) / parts) - 1];
    if (key && key !== keys.at(-1)) keys.push(key);
  }
  return keys;
}
