import type { RowKey } from '../table/index.ts';

/** Keys behind `after`, up to and with `through`; an absent bound is the table's own end. */
export interface KeyRange {
  readonly after: RowKey | undefined;
  readonly through: RowKey | undefined;
}

/** The ranges between ascending keys, which together cover every key exactly once. */
export function rangesBetween(keys: readonly RowKey[]): readonly KeyRange[] {
  return [...keys, undefined].map((through, index) => ({ after: keys[index - 1], through }));
}

/** The bounds of a range as options of a scan. */
export function boundsOf({ after, through }: KeyRange): { after?: RowKey; through?: RowKey } {
  return { ...(after ? { after } : {}), ...(through ? { through } : {}) };
}
