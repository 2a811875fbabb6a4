import type { OperationalError } from 'changeover/std';
import { refusal } from 'changeover/table';
import type { SqliteConnection } from './sqlite-connection.ts';
import { quoteName } from './sqlite-names.ts';
import { checkFree, checkTable } from './sqlite-own-tables.ts';
import { SqliteRegistry } from './sqlite-registry.ts';
import { query } from './sqlite-rows.ts';
import { hasSidecar, openSidecar, renameSidecar } from './sqlite-sidecar.ts';

/**
 * Renames a table of our own layout. Belongs inside a write transaction. Throws `TABLE_ALREADY_EXISTS`, what
 * {@link renameAny} throws, and for what is no such table what {@link checkTable} does.
 */
export function renameOwn(connection: SqliteConnection, name: string, newName: string, url: string): void {
  checkTable(connection, name, url);
  renameAny(connection, name, newName);
  new SqliteRegistry(connection).rename(name, newName);
}

/**
 * Renames a table that is there, of whatever layout, with its reserved rows. Belongs inside a write transaction, which an
 * error must roll back.
 *
 * SQLite would have views, and triggers and foreign keys of other tables, follow the table, so that who uses them would go
 * on to write to it under the new name, and never notice. With `legacy_alter_table` they would stay behind, and break the
 * tables that they belong to. So a table that has such is not renamed: `TABLE_NOT_SUPPORTED`, with their names.
 */
export function renameAny(connection: SqliteConnection, name: string, newName: string): void {
  checkFree(connection, newName);
  forgetLeftovers(connection, newName);
  const before = definitionsBeside(connection, name);
  connection.statement(`alter table ${quoteName(name)} rename to ${quoteName(newName)}`).run();
  const after = definitionsBeside(connection, newName);
  const followed = [...before.keys()].filter((object) => after.get(object) !== before.get(object));
  if (followed.length > 0) throw wouldFollow(connection.path, name, followed);
  if (hasSidecar(connection)) renameSidecar(connection, name, newName);
}

/** Somebody may have dropped a table behind our back; what is left of it must not come back to life. */
function forgetLeftovers(connection: SqliteConnection, name: string): void {
  const registry = new SqliteRegistry(connection);
  if (registry.exists()) registry.remove(name);
  if (hasSidecar(connection)) openSidecar(connection, name).clear();
}

/** How all is defined that does not belong to this table: `view recent`, and its SQL. */
function definitionsBeside(connection: SqliteConnection, table: string): ReadonlyMap<string, string> {
  const sql =
    "select type || ' ' || name, sql from sqlite_schema where sql is not null and tbl_name <> ? collate nocase";
  return new Map(query(connection, sql).all(table) as [string, string][]);
}

function wouldFollow(path: string, name: string, followed: readonly string[]): OperationalError {
  return refusal(
    'TABLE_NOT_SUPPORTED',
    `${path}: table ${JSON.stringify(name)} is not renamed, since this refers to it: ${followed.join(', ')}`,
    { followed },
    'It would follow the table to its new name. Drop or change it first.',
  );
}
