import { isReservedTable, refusal } from 'changeover/table';
import { nearestName } from '../nearest-name.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { mappingRequired } from './sqlite-mapping-hint.ts';
import { quoteName } from './sqlite-names.ts';
import { SqliteRegistry } from './sqlite-registry.ts';
import { query, ROW_COLUMNS } from './sqlite-rows.ts';
import { openSidecar } from './sqlite-sidecar.ts';

/** Makes a table of our own layout. Belongs inside a write transaction. Throws `TABLE_ALREADY_EXISTS`. */
export function createTable(connection: SqliteConnection, name: string): void {
  const registry = new SqliteRegistry(connection);
  if (!registry.exists()) registry.create();
  checkFree(connection, name);
  // Somebody may have dropped the table behind our back; what is left of it must not come back to life.
  forget(connection, registry, name);
  registry.add(name);
  const columns = `${ROW_COLUMNS}, PRIMARY KEY (partition_key, row_key)`;
  connection.statement(`create table ${quoteName(name)} (${columns}) WITHOUT ROWID`).run();
}

/**
 * Drops a table of our own layout, its reserved rows with it; false if there is none. Belongs inside a write
 * transaction. Throws `TABLE_NOT_SUPPORTED` for an application's table, and `TABLE_CORRUPT` for one of another shape
 * that somebody put in the place of ours.
 */
export function dropTable(connection: SqliteConnection, name: string): boolean {
  const registry = new SqliteRegistry(connection);
  if (registry.applicationTables().includes(name)) {
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${JSON.stringify(name)} is an application's table, and is not dropped`,
    );
  }
  if (!registry.exists() || !forget(connection, registry, name)) return false;
  if (columnsOf(connection, name) === undefined) return true;
  checkColumns(connection, name);
  connection.statement(`drop table ${quoteName(name)}`).run();
  return true;
}

/**
 * Throws unless `name` is a table of our own layout: `TABLE_MAPPING_REQUIRED` with the URL to write instead, made from
 * `url`, for an application's; `TABLE_NOT_FOUND`; `TABLE_CORRUPT`; `TABLE_NOT_SUPPORTED`. Belongs inside a transaction.
 */
export function checkTable(connection: SqliteConnection, name: string, url: string): void {
  const registry = new SqliteRegistry(connection);
  if (!registry.exists() || !registry.find(name)) {
    const others = registry.applicationTables();
    if (others.includes(name)) throw mappingRequired(connection, name, url);
    throw tableNotFound(connection.path, name, [...registry.list(), ...others]);
  }
  checkColumns(connection, name);
}

/** `known` are the tables that there are; the hint names one of them that may have been meant. */
export function tableNotFound(location: string, name: string, known: readonly string[] = []): Error {
  const candidates = known.filter((other) => !isReservedTable(other));
  const near = nearestName(name, candidates);
  const hint =
    near === undefined ? undefined : `Did you mean ${JSON.stringify(near)}? Names are case-sensitive.`;
  return refusal('TABLE_NOT_FOUND', `${location} has no table ${JSON.stringify(name)}`, {}, hint);
}

/** Throws `TABLE_ALREADY_EXISTS` if SQLite, which ignores the case of ASCII letters, has the name in use. */
export function checkFree(connection: SqliteConnection, name: string): void {
  const sql = 'select type, name from sqlite_schema where name = ? collate nocase';
  const found = query(connection, sql).get(name) as [string, string] | undefined;
  if (!found) return;
  const [type, taken] = found;
  const hint =
    taken === name ? undefined : 'SQLite does not tell upper from lower case in the names of tables.';
  const message = `${connection.path} has a ${type} ${JSON.stringify(taken)} already`;
  throw refusal('TABLE_ALREADY_EXISTS', message, { existing: taken }, hint);
}

/** Removes all that we know of a table, but for the table itself. */
function forget(connection: SqliteConnection, registry: SqliteRegistry, name: string): boolean {
  openSidecar(connection, name).clear();
  return registry.remove(name);
}

/** Refuses a table that is registered, but was dropped or altered by somebody else. */
function checkColumns(connection: SqliteConnection, name: string): void {
  const columns = columnsOf(connection, name);
  if (columns === undefined) throw tableNotFound(connection.path, name);
  if (columns === 'partition_key,row_key,version,properties') return;
  const message = `table ${JSON.stringify(name)} of ${connection.path} has the columns ${columns}`;
  throw refusal(
    'TABLE_CORRUPT',
    message,
    {},
    'It is not the table that Changeover made, and was left as it is.',
  );
}

/** The columns of a table in their order, by commas; undefined if there is no such table. */
function columnsOf(connection: SqliteConnection, name: string): string | undefined {
  const sql = 'select group_concat(name) from pragma_table_info(?)';
  const [columns] = query(connection, sql).get(name) as [string | null];
  return columns ?? undefined;
}
