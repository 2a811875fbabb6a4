import type { RowData } from 'changeover/table';

/** A row, and the line that it begins in, counted from 1. */
export interface FileRow {
  readonly line: number;
  readonly row: RowData;
}
