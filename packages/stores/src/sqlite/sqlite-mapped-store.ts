import { randomUUID } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Clock } from 'changeover/std';
import {
  compareText,
  isReservedTable,
  type Manifest,
  type OpenOptions,
  refusal,
  type Store,
  type Table,
  TableError,
} from 'changeover/table';
import { formatMappedConfig, type MappedConfig, mappingInvalid } from '../layout/index.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { locate } from './sqlite-location.ts';
import { suggestTable } from './sqlite-mapped-ddl.ts';
import { mappedManifest } from './sqlite-mapped-manifest.ts';
import { type MappedSchema, readMappedSchema } from './sqlite-mapped-schema.ts';
import { SqliteMappedTable } from './sqlite-mapped-table.ts';
import { checkTableName } from './sqlite-names.ts';
import { SqliteRegistry } from './sqlite-registry.ts';
import { renameAny } from './sqlite-rename.ts';

export interface SqliteMappedStoreOptions {
  /** The application's table. */
  readonly table: string;
  readonly config: MappedConfig;
  /** `read` changes nothing about the file. */
  readonly mode: 'read' | 'write';
  readonly clock: Clock;
  /** The store of our own layout in the same file: it keeps the reserved tables. The mapped store closes it. */
  readonly own: Store;
  /** How long to wait for another process's lock; 10 s unless told. */
  readonly busyTimeoutMs?: number;
}

/**
 * A SQLite file as the place of one table of an application's. It neither creates nor drops that, but renames it;
 * reserved tables it does create and drop, in our own layout in the same file, so that marks can be committed with the application's rows.
 */
export class SqliteMappedStore implements Store {
  readonly kind = 'sqlite';
  readonly location: string;
  readonly identity: string;
  readonly mapping: string;
  readonly manifest: Manifest;
  readonly #options: SqliteMappedStoreOptions;
  readonly #connection: SqliteConnection;
  readonly #connectionId = randomUUID();
  #closed = false;

  private constructor(options: SqliteMappedStoreOptions, connection: SqliteConnection, manifest: Manifest) {
    this.location = options.own.location;
    this.identity = options.own.identity;
    this.mapping = formatMappedConfig(options.config);
    this.manifest = manifest;
    this.#options = options;
    this.#connection = connection;
  }

  /**
   * Opens the file, and looks whether the mapping fits the table, if that is there.
   *
   * Throws `TABLE_MAPPING_INVALID`, `TABLE_NOT_FOUND` if there is no file, and what opening one may throw.
   */
  static async open(options: SqliteMappedStoreOptions): Promise<SqliteMappedStore> {
    const { own, mode, clock, busyTimeoutMs } = options;
    const { path, exists } = await locate(own.location, mode);
    if (!exists) throw refusal('TABLE_NOT_FOUND', `there is no file ${path}`, {}, hintToCreate(options));
    const connection = await SqliteConnection.open({
      path,
      mode,
      clock,
      ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }),
    });
    try {
      const schema = await readSchema(connection, options);
      return new SqliteMappedStore(options, connection, mappedManifest(schema, mode === 'read'));
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    this.#checkReady(options);
    const schema = await readSchema(this.#connection, this.#options);
    const reserved = options.reserved ? await this.#options.own.list(options) : [];
    return [...reserved.filter(isReservedTable), ...(schema ? [schema.table] : [])].toSorted(compareText);
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    checkTableName(name);
    if (isReservedTable(name)) return this.#options.own.create(name, options);
    if ((await this.list()).includes(name)) {
      throw refusal('TABLE_ALREADY_EXISTS', `there is a table ${JSON.stringify(name)} already`);
    }
    const message = `${this.location}: table ${JSON.stringify(name)} would be an application's own`;
    throw refusal('TABLE_NOT_SUPPORTED', message, {}, hintToCreate({ ...this.#options, table: name }));
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    this.#checkReady(options);
    checkTableName(name);
    if (isReservedTable(name)) return this.#options.own.drop(name, options);
    const message = `${this.location}: table ${JSON.stringify(name)} is an application's, and is not dropped`;
    throw refusal('TABLE_NOT_SUPPORTED', message);
  }

  async rename(name: string, newName: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    for (const each of [name, newName]) checkTableName(each);
    if (isReservedTable(name)) return this.#options.own.rename(name, newName, options);
    if (isReservedTable(newName)) {
      throw refusal(
        'TABLE_NAME_RESERVED',
        `${JSON.stringify(newName)} is no name for an application's table`,
      );
    }
    if (this.manifest.readOnly) throw refusal('TABLE_READ_ONLY', `${this.location} is open for reading only`);
    const { table, config } = this.#options;
    const connection = this.#connection;
    await connection.write((db) => {
      const isMapped = [name, newName].includes(table);
      if (!isMapped || !schemaIn(connection, db, name, config)) throw this.#notFound(name);
      renameAny(connection, name, newName);
    }, options);
  }

  async open(name: string, options: OpenOptions = {}): Promise<Table> {
    this.#checkReady(options);
    if (isReservedTable(name)) return this.#options.own.open(name, options);
    const { table, mode, config } = this.#options;
    const schema = name === table ? await readSchema(this.#connection, this.#options) : undefined;
    if (!schema) throw this.#notFound(name);
    const [connection, connectionId, readOnly] = [this.#connection, this.#connectionId, mode === 'read'];
    return new SqliteMappedTable({ ...options, connection, connectionId, config, schema, readOnly });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
    await this.#options.own.close();
  }

  #notFound(name: string): Error {
    const { table } = this.#options;
    const hint = name === table ? hintToCreate(this.#options) : `The mapping is of the table ${table}.`;
    return refusal('TABLE_NOT_FOUND', `${this.location} has no table ${JSON.stringify(name)}`, {}, hint);
  }

  #checkReady({ signal }: OpenOptions): void {
    if (this.#closed) throw refusal('TABLE_CLOSED', `the store ${this.location} is closed`);
    if (!signal?.aborted) return;
    throw new TableError('TABLE_ABORTED', 'the operation was aborted before it began', {
      effect: 'none',
      cause: signal.reason,
    });
  }
}

function hintToCreate({ table, config }: SqliteMappedStoreOptions): string {
  return `Create it first, with a column for each property: ${suggestTable(table, config)}`;
}

async function readSchema(
  connection: SqliteConnection,
  { table, config }: SqliteMappedStoreOptions,
): Promise<MappedSchema | undefined> {
  return connection.read((db) => schemaIn(connection, db, table, config));
}

/** Belongs inside a transaction. */
function schemaIn(
  connection: SqliteConnection,
  db: Database.Database,
  table: string,
  config: MappedConfig,
): MappedSchema | undefined {
  const registry = new SqliteRegistry(connection);
  if (registry.exists() && registry.find(table)) {
    throw mappingInvalid(
      `${table} is a table of Changeover's own layout`,
      'Leave the mapping out of the URL.',
    );
  }
  return readMappedSchema(db, table, config);
}
