import type { RowKey } from '../table/index.ts';

/** Keys behind `after`, up to and with `through`; an absent bound is the table's own end. */
export interface KeyRange {
  readonly after: RowKey | undefined;
  readonly through: RowKey | undefined;
}

const EVERYTHING: KeyRange = { after: undefined, through: undefined };

/** The ranges between ascending keys inside `whole`, which together cover every key of it exactly once. */
export function rangesBetween(keys: readonly RowKey[], whole: KeyRange = EVERYTHING): readonly KeyRange[] {
  return [...keys, whole.through].map((through, index) => ({
    after: index === 0 ? whole.after : keys[index - 1],
    through,
  }));
}

/** The bounds of a range as options of a scan. */
export function boundsOf({ after, through }: KeyRange): { after?: RowKey; through?: RowKey } {
  return { ...(after ? { after } : {}), ...(through ? { through } : {}) };
}
