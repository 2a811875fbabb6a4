import { isReservedRow, isReservedTable, type Mark, refusal, type WriteResult } from 'changeover/table';
import { writesReservedProperty } from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteRegistry, tableGone } from './sqlite-registry.ts';
import { SqliteRows } from './sqlite-rows.ts';
import { openSidecar } from './sqlite-sidecar.ts';
import { applyWrite } from './sqlite-write.ts';

/**
 * Writes a mark to a reserved table, inside the transaction of the load that it belongs to. Reserved tables are of our
 * own layout, whatever that of the table in the same file is whose rows are loaded.
 *
 * Throws `TABLE_OPTION_INVALID`, `TABLE_NOT_FOUND`, or what the mark's condition says.
 */
export function applyMark(connection: SqliteConnection, { table, write }: Mark, index: number): WriteResult {
  if (!isReservedTable(table)) {
    throw refusal('TABLE_OPTION_INVALID', `mark ${index} is for the table ${table}, which is not reserved`);
  }
  const registry = new SqliteRegistry(connection);
  if (!registry.exists()) throw tableGone(connection.path, table);
  const version = registry.nextVersion(table, writesReservedProperty(write));
  const place = isReservedRow(write.rowKey)
    ? openSidecar(connection, table)
    : new SqliteRows(connection, { table });
  return { version: applyWrite(place, write, index, version) ? String(version) : undefined };
}
