import type { SqliteConnection } from './sqlite-connection.ts';
import { ROW_COLUMNS, SqliteRows } from './sqlite-rows.ts';

/** The one table of a file that holds the reserved rows of all others, whatever their layout. */
const SIDECAR_TABLE = '_changeover_rows';

/**
 * The reserved rows of one table. They lie beside it, so that no application ever meets them, and in the same file, so
 * that one transaction writes both. {@link createSidecar} must have made the sidecar; {@link hasSidecar} tells.
 */
export function openSidecar(connection: SqliteConnection, table: string): SqliteRows {
  return new SqliteRows(connection, { table: SIDECAR_TABLE, sharedAs: table });
}

/** Makes the sidecar if the file has none. Belongs inside a write transaction. */
export function createSidecar(connection: SqliteConnection): void {
  connection
    .statement(
      `create table if not exists ${SIDECAR_TABLE} (table_name TEXT NOT NULL, ${ROW_COLUMNS}, ` +
        'PRIMARY KEY (table_name, partition_key, row_key)) WITHOUT ROWID',
    )
    .run();
}

/** Gives the reserved rows of a table to its new name, which must have none. The sidecar must exist. */
export function renameSidecar(connection: SqliteConnection, table: string, newName: string): void {
  connection.statement(`update ${SIDECAR_TABLE} set table_name = ? where table_name = ?`).run(newName, table);
}

/** Whether the file has a sidecar. Belongs inside a transaction. */
export function hasSidecar(connection: SqliteConnection): boolean {
  return connection.statement('select 1 from sqlite_schema where name = ?').get(SIDECAR_TABLE) !== undefined;
}
