import { formatKey, keyOf, type RowKey, TableError } from 'changeover/table';
import { sqlState } from './postgres-errors.ts';
import { NOT_TAKEN } from './postgres-mapped-batch.ts';

/**
 * Does writes, and tells what the application's table itself refuses: by a constraint, by a trigger, or because a column
 * cannot hold a value.
 *
 * Throws `TABLE_VALUE_UNSUPPORTED` with the reason, and with the key if it was but one row.
 */
export async function changeTogether<T>(
  table: string,
  rows: readonly RowKey[],
  change: () => Promise<T>,
): Promise<T> {
  try {
    return await change();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) throw error;
    const [row] = rows;
    const one = rows.length === 1 && row !== undefined;
    const subject = one ? `row ${formatKey(row)}: table ${table} refuses it` : `table ${table} refuses a row`;
    throw refusedByTable(`${subject}: ${reason}`, one ? { index: 0, key: keyOf(row) } : {}, error);
  }
}

function refusedByTable(
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): TableError {
  return new TableError('TABLE_VALUE_UNSUPPORTED', message, { effect: 'none', details, cause });
}

const IGNORED = 'a trigger ignored the write, or another row has the same unique columns';

/** Why the table refuses, if that is what the error says. The server's detail tells which row it was. */
function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof TableError)) return undefined;
  if (error.message.includes(NOT_TAKEN)) return IGNORED;
  const state = sqlState(error) ?? '';
  const own = ['22', '23', '44', 'P0'].some((kind) => state.startsWith(kind));
  if (!own || !(error.cause instanceof Error)) return undefined;
  const detail =
    'detail' in error.cause && typeof error.cause.detail === 'string' ? ` ${error.cause.detail}` : '';
  return `${error.cause.message}.${detail}`;
}
