import { OperationalError } from '../std/index.ts';

/** Every way in which an operation on a table can fail. One meaning a code; the table in README.md says when. */
export type TableErrorCode =
  // The caller's input.
  | 'TABLE_NAME_INVALID'
  | 'TABLE_NAME_RESERVED'
  | 'TABLE_KEY_INVALID'
  | 'TABLE_VALUE_INVALID'
  | 'TABLE_VALUE_UNSUPPORTED'
  | 'TABLE_TOO_LARGE'
  | 'TABLE_BATCH_INVALID'
  | 'TABLE_FILTER_INVALID'
  | 'TABLE_OPTION_INVALID'
  // What the data says.
  | 'TABLE_ROW_EXISTS'
  | 'TABLE_ROW_ABSENT'
  | 'TABLE_VERSION_MISMATCH'
  | 'TABLE_FENCED'
  | 'TABLE_QUERY_TOO_LARGE'
  | 'TABLE_CORRUPT'
  // The table or the store itself.
  | 'TABLE_NOT_FOUND'
  | 'TABLE_ALREADY_EXISTS'
  | 'TABLE_MAPPING_REQUIRED'
  | 'TABLE_MAPPING_INVALID'
  | 'TABLE_NOT_A_STORE'
  | 'TABLE_NOT_SUPPORTED'
  | 'TABLE_READ_ONLY'
  | 'TABLE_PERMISSION_DENIED'
  // The day.
  | 'TABLE_FULL'
  | 'TABLE_THROTTLED'
  | 'TABLE_TIMEOUT'
  | 'TABLE_UNAVAILABLE'
  | 'TABLE_CLOSED'
  | 'TABLE_ABORTED';

export class TableError extends OperationalError<TableErrorCode> {}

/** A refusal of the caller's input or state, before anything reached the store. */
export function refusal(
  code: TableErrorCode,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  hint?: string,
): TableError {
  return new TableError(code, message, { effect: 'none', details, ...(hint === undefined ? {} : { hint }) });
}
