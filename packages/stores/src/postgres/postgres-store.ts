import type { Clock } from 'changeover/std';
import { isReservedTable, type Manifest, type OpenOptions, refusal, type Store } from 'changeover/table';
import { PostgresConnection, type PostgresLimits, type PostgresPlace } from './postgres-connection.ts';
import { OWN_MANIFEST } from './postgres-manifest.ts';
import { checkTableName } from './postgres-names.ts';
import { checkTable, createTable, dropTable, type OwnPlace } from './postgres-own-tables.ts';
import { PostgresRegistry, type Runs } from './postgres-registry.ts';
import { renameOwn } from './postgres-rename.ts';
import { inspectServer } from './postgres-server.ts';
import { PostgresTable } from './postgres-table.ts';

export interface PostgresStoreOptions extends PostgresLimits {
  readonly place: PostgresPlace;
  readonly schema: string;
  /** `read` changes nothing, and the server would refuse it. */
  readonly mode: 'read' | 'write';
  readonly clock: Clock;
  /** How the user wrote the store, without its table and without secrets: `postgres://host/shop`. For hints. */
  readonly url?: string;
}

/** The tables of our own layout in one schema. What else is in the schema is an application's, and left alone. */
export class PostgresStore implements Store {
  readonly kind = 'postgres';
  readonly location: string;
  readonly identity: string;
  readonly mapping = undefined;
  readonly manifest: Manifest;
  /** The connections of the store, which it closes. */
  readonly connection: PostgresConnection;
  readonly schema: string;
  readonly place: OwnPlace;

  /**
   * Connects, and looks whether the server will do.
   *
   * Throws `TABLE_UNAVAILABLE`, `TABLE_PERMISSION_DENIED`, `TABLE_NOT_FOUND` (no such database or schema),
   * `TABLE_NOT_SUPPORTED` (a server too old, or not in UTF-8), or `TABLE_READ_ONLY`.
   */
  static async open(options: PostgresStoreOptions): Promise<PostgresStore> {
    const location = locationOf(options);
    const connection = new PostgresConnection({ ...options, location });
    try {
      const identity = await inspectServer(connection, options);
      return new PostgresStore(options, connection, identity);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private constructor(options: PostgresStoreOptions, connection: PostgresConnection, identity: string) {
    const { schema, mode, url } = options;
    this.location = connection.location;
    this.identity = identity;
    this.connection = connection;
    this.schema = schema;
    this.manifest = {
      ...OWN_MANIFEST,
      readOnly: mode === 'read',
      requestLifetimeMs: connection.statementTimeoutMs,
    };
    const registry = new PostgresRegistry(schema);
    this.place = { schema, registry, location: this.location, url: url ?? this.location };
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    const entries = await this.#read(options, (run) => this.place.registry.entries(run));
    const names = entries.map(({ name }) => name);
    return options.reserved ? names : names.filter((name) => !isReservedTable(name));
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    this.#checkWritable();
    checkTableName(name, options);
    await this.#change(options, (run) => createTable(run, this.place, name));
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    this.#checkWritable();
    checkTableName(name, options);
    return this.#change(options, (run) => dropTable(run, this.place, name));
  }

  async rename(name: string, newName: string, options: OpenOptions = {}): Promise<void> {
    this.#checkWritable();
    checkTableName(name, options);
    checkTableName(newName, options);
    await this.#change(options, (run) => renameOwn(run, this.place, name, newName));
  }

  async open(name: string, options: OpenOptions = {}): Promise<PostgresTable> {
    checkTableName(name, options);
    await this.#read(options, (run) => checkTable(run, this.place, name));
    const readOnly = this.manifest.readOnly;
    return new PostgresTable(name, { ...options, connection: this.connection, place: this.place, readOnly });
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  #read<T>(options: OpenOptions, work: (run: Runs) => Promise<T>): Promise<T> {
    return this.connection.transact((session) => work((statement) => session.run(statement)), options);
  }

  #change<T>(options: OpenOptions, work: (run: Runs) => Promise<T>): Promise<T> {
    return this.connection.transact((session) => work((statement) => session.run(statement)), {
      ...options,
      sees: 'fresh',
    });
  }

  #checkWritable(): void {
    if (this.manifest.readOnly) throw refusal('TABLE_READ_ONLY', `${this.location} is open for reading only`);
  }
}

function locationOf({ place: { host, port, database }, schema }: PostgresStoreOptions): string {
  return `postgres://${host}:${port}/${database}?schema=${schema}`;
}
