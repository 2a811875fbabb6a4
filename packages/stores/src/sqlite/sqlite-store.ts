import type Database from 'better-sqlite3';
import { type Clock, isOperationalError } from 'changeover/std';
import {
  isReservedTable,
  type Manifest,
  type OpenOptions,
  refusal,
  type Store,
  TableError,
} from 'changeover/table';
import { SqliteConnection } from './sqlite-connection.ts';
import { locate, type SqliteLocation } from './sqlite-location.ts';
import { OWN_MANIFEST } from './sqlite-manifest.ts';
import { checkTableName } from './sqlite-names.ts';
import { checkTable, createTable, dropTable, tableNotFound } from './sqlite-own-tables.ts';
import { SqliteRegistry } from './sqlite-registry.ts';
import { renameOwn } from './sqlite-rename.ts';
import { SqliteTable } from './sqlite-table.ts';

export interface SqliteStoreOptions {
  /** Relative to the working directory, or absolute. */
  readonly path: string;
  /**
   * `read` needs the file to be there, and changes nothing about it. `write` makes the file when the first table is
   * created in it.
   */
  readonly mode: 'read' | 'write';
  readonly clock: Clock;
  /** How the user wrote the store, without parameters and table: `sqlite:app.db`. For hints. */
  readonly url?: string;
  /** How long to wait for another process's lock; 10 s unless told. */
  readonly busyTimeoutMs?: number;
}

/** The tables of our own layout in one SQLite file. What else is in the file is an application's, and left alone. */
export class SqliteStore implements Store {
  readonly kind = 'sqlite';
  readonly location: string;
  readonly identity: string;
  readonly mapping = undefined;
  readonly manifest: Manifest;
  readonly #options: SqliteStoreOptions;
  #connection: SqliteConnection | undefined;
  #closed = false;

  /**
   * Throws `TABLE_NOT_FOUND` (no file to read, or no directory to write to), `TABLE_NOT_A_STORE`,
   * `TABLE_PERMISSION_DENIED`, `TABLE_CORRUPT` or `TABLE_NOT_SUPPORTED`.
   */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const location = await locate(options.path, options.mode);
    if (options.mode === 'read' && !location.exists) {
      throw refusal('TABLE_NOT_FOUND', `there is no file ${location.path}`);
    }
    const store = new SqliteStore(options, location);
    await store.#connect('existing');
    return store;
  }

  private constructor(options: SqliteStoreOptions, { path }: SqliteLocation) {
    this.#options = options;
    this.location = path;
    this.identity = `sqlite:${path}`;
    this.manifest = { ...OWN_MANIFEST, readOnly: options.mode === 'read' };
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    const connection = await this.#ready(options);
    if (!connection) return [];
    const names = await connection.read(() => new SqliteRegistry(connection).list(), options);
    return options.reserved ? names : names.filter((name) => !isReservedTable(name));
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    this.#checkWritable();
    checkName(name, options);
    const connection = await this.#connect('create');
    // A file in which nobody has anything becomes ours with its first table. Merely opening it changes nothing.
    if (await connection.read(isEmpty)) await connection.logAhead('normal');
    await connection.write(() => createTable(connection, name), options);
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    this.#checkWritable();
    checkName(name, options);
    const connection = await this.#ready(options);
    if (!connection) return false;
    return connection.write(() => dropTable(connection, name), options);
  }

  async rename(name: string, newName: string, options: OpenOptions = {}): Promise<void> {
    this.#checkWritable();
    checkName(name, options);
    checkName(newName, options);
    const connection = await this.#ready(options);
    if (!connection) throw tableNotFound(this.location, name);
    const url = this.#options.url ?? this.identity;
    await connection.write(() => renameOwn(connection, name, newName, url), options);
  }

  async open(name: string, options: OpenOptions = {}): Promise<SqliteTable> {
    checkName(name, options);
    const connection = await this.#ready(options);
    if (!connection) throw tableNotFound(this.location, name);
    await connection.read(() => checkTable(connection, name, this.#options.url ?? this.identity), options);
    return new SqliteTable(name, connection, { ...options, readOnly: this.manifest.readOnly });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#connection) return;
    try {
      await putToRest(this.#connection);
    } finally {
      this.#connection.close();
    }
  }

  async #ready(options: OpenOptions): Promise<SqliteConnection | undefined> {
    this.#checkReady(options);
    return this.#connect('existing');
  }

  #connect(file: 'create'): Promise<SqliteConnection>;
  #connect(file: 'existing'): Promise<SqliteConnection | undefined>;
  async #connect(file: 'create' | 'existing'): Promise<SqliteConnection | undefined> {
    if (this.#connection) return this.#connection;
    const opened = await this.#openFile(file === 'create');
    if (this.#connection || this.#closed) {
      // Another call was faster.
      opened?.close();
      this.#checkReady({});
      return this.#connection;
    }
    this.#connection = opened;
    return opened;
  }

  async #openFile(create: boolean): Promise<SqliteConnection | undefined> {
    const { mode, clock, busyTimeoutMs } = this.#options;
    const common = { path: this.location, clock, ...(busyTimeoutMs === undefined ? {} : { busyTimeoutMs }) };
    if (mode === 'read') return SqliteConnection.open({ ...common, mode });
    const { exists } = await locate(this.location, mode);
    if (!exists) return create ? SqliteConnection.open({ ...common, mode: 'create' }) : undefined;
    const connection = await SqliteConnection.open({ ...common, mode });
    try {
      if (await connection.read(() => isOurs(connection))) connection.logAheadAtWrite('normal');
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #checkReady({ signal }: OpenOptions): void {
    if (this.#closed) throw refusal('TABLE_CLOSED', `the store ${this.location} is closed`);
    if (signal?.aborted) {
      throw new TableError('TABLE_ABORTED', 'aborted before it began', {
        effect: 'none',
        cause: signal.reason,
      });
    }
  }

  #checkWritable(): void {
    if (this.manifest.readOnly) throw refusal('TABLE_READ_ONLY', `${this.location} is open for reading only`);
  }
}

/** Whether we keep tables in the file and nobody else does, so that its journal mode is ours to choose. */
function isOurs(connection: SqliteConnection): boolean {
  const registry = new SqliteRegistry(connection);
  return registry.exists() && registry.applicationTables().length === 0;
}

/**
 * Leaves a file of ours without a log, for whoever reads it next. That is a courtesy: where others have the file open,
 * or the disk refuses, every row is as safe in the log.
 */
async function putToRest(connection: SqliteConnection): Promise<void> {
  if (!connection.logsAhead) return;
  try {
    if (await connection.read(() => isOurs(connection))) connection.stopLogging();
  } catch (error) {
    if (!isOperationalError(error)) throw error;
  }
}

function isEmpty(db: Database.Database): boolean {
  return db.prepare('select 1 from sqlite_schema limit 1').get() === undefined;
}

function checkName(name: string, { reserved }: OpenOptions): void {
  checkTableName(name);
  if (!reserved && isReservedTable(name)) {
    throw refusal('TABLE_NAME_RESERVED', `the table name ${JSON.stringify(name)} is reserved for Changeover`);
  }
}
