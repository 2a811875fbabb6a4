import { isDeepStrictEqual } from 'node:util';
import type Database from 'better-sqlite3';
import { TableError } from 'changeover/table';
import { type MappedConfig } from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { type MappedSchema, readMappedSchema } from './sqlite-mapped-schema.ts';
import { tableNotFound } from './sqlite-own-tables.ts';

/**
 * Notices that somebody altered the application's table while it was open. A column that came later would otherwise be
 * neither copied nor compared, and the two sides would be called the same.
 */
export class SchemaGuard {
  readonly #connection: SqliteConnection;
  readonly #config: MappedConfig;
  readonly #schema: MappedSchema;
  /** SQLite's count of changes to the schema of the file when the table was last seen to be as it was. */
  #checkedAt: unknown;

  constructor(connection: SqliteConnection, config: MappedConfig, schema: MappedSchema) {
    this.#connection = connection;
    this.#config = config;
    this.#schema = schema;
  }

  /**
   * Belongs at the beginning of every transaction. Throws `TABLE_UNAVAILABLE`, `TABLE_NOT_FOUND` if the table is gone,
   * and what reading a schema throws.
   */
  check(db: Database.Database): void {
    const version = this.#connection.statement('pragma schema_version').pluck().get();
    if (version === this.#checkedAt) return;
    const { table } = this.#schema;
    const now = readMappedSchema(db, table, this.#config);
    if (!now) throw tableNotFound(this.#connection.path, table);
    if (!isDeepStrictEqual(now, this.#schema)) {
      const message = `table ${table} of ${this.#connection.path} was altered while it was open`;
      const hint = 'Start again: it is then read as it is now.';
      throw new TableError('TABLE_UNAVAILABLE', message, { effect: 'none', hint });
    }
    this.#checkedAt = version;
  }
}
