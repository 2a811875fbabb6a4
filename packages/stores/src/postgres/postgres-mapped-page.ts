import { keyOf, type Row, type RowKey } from 'changeover/table';

/** The rows of a page with those of another place merged in, as far as both are known. */
export interface MergedPage {
  readonly rows: readonly Row[];
  readonly continuation: RowKey | undefined;
}

/** Cuts rows, which are in order, to a limit. `end` is how far they are known, undefined if to the end of the range. */
export function cutPage(rows: readonly Row[], limit: number, end: RowKey | undefined): MergedPage {
  if (rows.length <= limit && (rows.length < limit || end !== undefined)) return { rows, continuation: end };
  const given = rows.slice(0, limit);
  const last = given.at(-1);
  const whole = rows.length === given.length && end === undefined;
  return { rows: given, continuation: whole || !last ? undefined : keyOf(last) };
}
