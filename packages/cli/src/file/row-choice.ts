import type { Filter } from 'changeover/table';

/** Which rows of a table or a file, as `--where` and `--limit` say it. */
export interface RowChoice {
  readonly filter: Filter | undefined;
  /** The first so many of those that match. */
  readonly limit: number | undefined;
}
