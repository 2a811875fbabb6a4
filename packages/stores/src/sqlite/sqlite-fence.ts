import { checkEpoch, decodeProperties, epochOf, FENCE_TABLE, type Fence, fenceKey } from 'changeover/table';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteRows } from './sqlite-rows.ts';

/**
 * Checks the fences of a write, inside its transaction. SQLite has one writer at a time, so that no fence can rise
 * between here and the commit. A file without the table has had no fence raised yet.
 *
 * Throws `TABLE_FENCED`; whoever catches it rolls back.
 */
export function checkFences(connection: SqliteConnection, fences: readonly Fence[] = []): void {
  if (fences.length === 0) return;
  const sql = 'select 1 from sqlite_schema where name = ?';
  const known = connection.statement(sql).get(FENCE_TABLE) !== undefined;
  const rows = new SqliteRows(connection, { table: FENCE_TABLE });
  for (const fence of fences) {
    const key = fenceKey(fence.name);
    const stored = known ? rows.get(key) : undefined;
    checkEpoch(fence, epochOf(stored && { ...key, properties: decodeProperties(stored[3]) }));
  }
}
