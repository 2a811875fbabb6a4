import { refusal } from 'changeover/table';
import type { SqliteConnection } from './sqlite-connection.ts';
import { isApplicationName } from './sqlite-names.ts';
import { query } from './sqlite-rows.ts';
import { createSidecar } from './sqlite-sidecar.ts';

/** What the registry knows of one table of our own layout. */
export interface RegistryEntry {
  readonly name: string;
  /** Given to every row that is written; rises with every transaction that writes to the table. */
  readonly version: number;
  /** Whether a reserved property was ever written to a user's row; if not, nobody has to look for one. */
  readonly reservedProperties: boolean;
}

const REGISTRY_TABLE = '_changeover_tables';

/** Of the layout of tables and of the registry itself. Another one is refused, never guessed at. */
const FORMAT = 1;

/**
 * The row with the empty name, which no table has, keeps the highest version of all tables that gave up their name. A new
 * table goes on from there, so that no key ever sees a version again.
 */
const FORMER = '';

const COLUMNS = 'name,format,version,reserved_properties';

/**
 * Which tables of a file are of our own layout, and the counter of each. Everything is synchronous, and belongs inside
 * a transaction of the connection.
 */
export class SqliteRegistry {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /** Whether the file has a registry. Throws `TABLE_NOT_SUPPORTED` if it has one that this version cannot read. */
  exists(): boolean {
    const columns = `select group_concat(name) from pragma_table_info('${REGISTRY_TABLE}')`;
    const [found] = query(this.#connection, columns).get() as [string | null];
    if (found === null) return false;
    if (found !== COLUMNS)
      throw unknownFormat(this.#connection.path, `its registry has the columns ${found}`);
    return true;
  }

  /** Makes the registry, and the sidecar with it, if the file has none. */
  create(): void {
    this.#connection
      .statement(
        `create table if not exists ${REGISTRY_TABLE} (name TEXT PRIMARY KEY NOT NULL, format INTEGER NOT NULL, ` +
          'version INTEGER NOT NULL, reserved_properties INTEGER NOT NULL) WITHOUT ROWID',
      )
      .run();
    createSidecar(this.#connection);
  }

  /** The names of our tables, by their UTF-8 bytes. */
  list(): readonly string[] {
    if (!this.exists()) return [];
    const sql = `select name from ${REGISTRY_TABLE} where name <> '${FORMER}' order by name`;
    return (query(this.#connection, sql).all() as [string][]).map(([name]) => name);
  }

  find(name: string): RegistryEntry | undefined {
    const sql = `select format, version, reserved_properties from ${REGISTRY_TABLE} where name = ?`;
    const found = query(this.#connection, sql).get(name) as [number, number, number] | undefined;
    if (!found) return undefined;
    const [format, version, reservedProperties] = found;
    if (format !== FORMAT)
      throw unknownFormat(this.#connection.path, `table ${name} has the format ${format}`);
    return { name, version, reservedProperties: reservedProperties !== 0 };
  }

  add(name: string): void {
    const former = `select coalesce(max(version), 0) + 1 from ${REGISTRY_TABLE} where name = '${FORMER}'`;
    this.#connection
      .statement(`insert into ${REGISTRY_TABLE} values (?, ${FORMAT}, (${former}), 0)`)
      .run(name);
  }

  /** Returns whether the table was registered. */
  remove(name: string): boolean {
    const entry = this.find(name);
    if (!entry) return false;
    this.#noteVersion(entry);
    this.#connection.statement(`delete from ${REGISTRY_TABLE} where name = ?`).run(name);
    return true;
  }

  /**
   * Gives a registered table another name, which nobody has. A table that is made anew under the former name goes on above
   * its counter, and the counter above those of all tables that had the new name.
   */
  rename(name: string, newName: string): void {
    const entry = this.find(name);
    if (!entry) throw tableGone(this.#connection.path, name);
    this.#noteVersion(entry);
    const highest = `select version from ${REGISTRY_TABLE} where name = '${FORMER}'`;
    this.#connection
      .statement(`update ${REGISTRY_TABLE} set name = ?, version = (${highest}) where name = ?`)
      .run(newName, name);
  }

  /** The version for the rows that this transaction writes to the table. Throws `TABLE_NOT_FOUND`. */
  nextVersion(name: string, reservedProperties: boolean): number {
    const sql =
      `update ${REGISTRY_TABLE} set version = version + 1, reserved_properties = max(reserved_properties, ?) ` +
      `where name = ? and format = ${FORMAT} returning version`;
    const bumped = query(this.#connection, sql).get(reservedProperties ? 1 : 0, name) as [number] | undefined;
    if (bumped) return bumped[0];
    // Either the table is gone, or its format is none of ours any more, which find refuses.
    this.find(name);
    throw tableGone(this.#connection.path, name);
  }

  /** No table that is made from now on gives the versions that this one gave. */
  #noteVersion({ version }: RegistryEntry): void {
    this.#connection
      .statement(
        `insert into ${REGISTRY_TABLE} values ('${FORMER}', ${FORMAT}, ?, 0) ` +
          'on conflict do update set version = max(version, excluded.version)',
      )
      .run(version);
  }

  /** The tables and views that an application made in this file, by name. */
  applicationTables(): readonly string[] {
    const ours = new Set(this.list());
    const sql = "select name from sqlite_schema where type in ('table', 'view') order by name";
    const names = (query(this.#connection, sql).all() as [string][]).map(([name]) => name);
    return names.filter((name) => isApplicationName(name) && !ours.has(name));
  }
}

export function tableGone(path: string, name: string): Error {
  return refusal(
    'TABLE_NOT_FOUND',
    `${path} has no table ${JSON.stringify(name)} of Changeover's own layout`,
  );
}

function unknownFormat(path: string, reason: string): Error {
  const hint = 'A newer version of Changeover wrote it. Use that version, or a newer one.';
  return refusal('TABLE_NOT_SUPPORTED', `${path}: ${reason}, which this version does not know`, {}, hint);
}
