import { isCode } from 'changeover/std';
import { formatKey, keyOf, type RowKey, TableError } from 'changeover/table';
import { vendorCode } from './sqlite-errors.ts';

/**
 * Does a write of one row, and tells what the application's table itself refuses: by a constraint, or by a trigger.
 * `change` returns whether the row was written.
 *
 * Throws `TABLE_VALUE_UNSUPPORTED` with the index, the key and the reason.
 */
export function changeRow(table: string, index: number, row: RowKey, change: () => boolean): void {
  const subject = `row ${formatKey(row)}: table ${table}`;
  const details = { index, key: keyOf(row) };
  try {
    if (change()) return;
  } catch (error) {
    const reason = constraintOf(error);
    if (reason === undefined) throw error;
    throw refusedByTable(`${subject} refuses it: ${reason}`, details, error);
  }
  const reason = 'a trigger ignored the write, or another row has the same unique columns';
  throw refusedByTable(`${subject} did not take it: ${reason}`, details);
}

/** As {@link changeRow}, of a whole transaction: deferred constraints fail at its end, and of no row in particular. */
export async function changeTogether<T>(table: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    const reason = isCode(error, 'TABLE_UNAVAILABLE') ? constraintOf(error.cause) : undefined;
    if (reason === undefined) throw error;
    throw refusedByTable(`table ${table} refuses the writes together: ${reason}`, {}, error);
  }
}

export function refusedByTable(
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): TableError {
  return new TableError('TABLE_VALUE_UNSUPPORTED', message, { effect: 'none', details, cause });
}

function constraintOf(error: unknown): string | undefined {
  return vendorCode(error).startsWith('SQLITE_CONSTRAINT') ? (error as Error).message : undefined;
}
