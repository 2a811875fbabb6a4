import {
  compareText,
  isReservedTable,
  type Manifest,
  type OpenOptions,
  refusal,
  type Store,
  type Table,
} from 'changeover/table';
import { formatMappedConfig, type MappedConfig, mappingInvalid } from '../layout/index.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { suggestTable } from './postgres-mapped-ddl.ts';
import { mappedManifest } from './postgres-mapped-manifest.ts';
import { readMappedSchema, type StampedSchema } from './postgres-mapped-schema.ts';
import { MappedSidecar } from './postgres-mapped-sidecar.ts';
import { PostgresMappedTable } from './postgres-mapped-table.ts';
import { checkTableName } from './postgres-names.ts';
import { tableNotFound } from './postgres-own-tables.ts';
import type { Runs } from './postgres-registry.ts';
import { renameAny } from './postgres-rename.ts';
import type { PostgresStore } from './postgres-store.ts';

export interface PostgresMappedStoreOptions {
  /** The application's table. */
  readonly table: string;
  readonly config: MappedConfig;
  /** The store of our own layout in the same schema: it keeps the reserved tables, and the connections. Closed with this. */
  readonly own: PostgresStore;
}

/**
 * A schema as the place of one table of an application's. It neither creates nor drops that, but renames it; reserved
 * tables it does create and drop, in our own layout in the same schema, so that marks can be committed with the application's rows.
 */
export class PostgresMappedStore implements Store {
  readonly kind = 'postgres';
  readonly location: string;
  readonly identity: string;
  readonly mapping: string;
  readonly manifest: Manifest;
  /** The connections of the store, which it closes. */
  readonly connection: PostgresConnection;
  readonly #options: PostgresMappedStoreOptions;

  private constructor(options: PostgresMappedStoreOptions, stamped: StampedSchema | undefined) {
    const { own, config } = options;
    const { readOnly, requestLifetimeMs } = own.manifest;
    this.location = own.location;
    this.identity = own.identity;
    this.connection = own.connection;
    this.mapping = formatMappedConfig(config);
    this.manifest = mappedManifest(stamped?.schema, { readOnly, requestLifetimeMs });
    this.#options = options;
  }

  /** Looks whether the mapping fits the table, if that is there. Throws `TABLE_MAPPING_INVALID`. */
  static async open(options: PostgresMappedStoreOptions): Promise<PostgresMappedStore> {
    return new PostgresMappedStore(options, await readSchema(options));
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    const stamped = await readSchema(this.#options, options);
    const reserved = options.reserved ? await this.#options.own.list(options) : [];
    return [...reserved.filter(isReservedTable), ...(stamped ? [stamped.schema.table] : [])].toSorted(
      compareText,
    );
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    if (name === '' || isReservedTable(name)) return this.#options.own.create(name, options);
    checkTableName(name, options);
    if ((await this.list(options)).includes(name)) {
      throw refusal('TABLE_ALREADY_EXISTS', `there is a table ${JSON.stringify(name)} already`);
    }
    const message = `${this.location}: table ${JSON.stringify(name)} would be an application's own`;
    throw refusal('TABLE_NOT_SUPPORTED', message, {}, hintToCreate({ ...this.#options, table: name }));
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    if (isReservedTable(name)) return this.#options.own.drop(name, options);
    await this.list(options);
    const message = `${this.location}: table ${JSON.stringify(name)} is an application's, and is not dropped`;
    throw refusal('TABLE_NOT_SUPPORTED', message);
  }

  async rename(name: string, newName: string, options: OpenOptions = {}): Promise<void> {
    const { table, own } = this.#options;
    if (name === '' || isReservedTable(name)) return own.rename(name, newName, options);
    for (const each of [name, newName]) checkTableName(each, options);
    if (isReservedTable(newName)) {
      throw refusal(
        'TABLE_NAME_RESERVED',
        `${JSON.stringify(newName)} is no name for an application's table`,
      );
    }
    if (this.manifest.readOnly) throw refusal('TABLE_READ_ONLY', `${this.location} is open for reading only`);
    const work = async (run: Runs) => {
      const isMapped = [name, newName].includes(table);
      if (!isMapped || !(await schemaIn(run, { ...this.#options, table: name }))) throw this.#noTable(name);
      await renameAny(run, own.place, name, newName);
      await new MappedSidecar(own.place, name).rename(run, newName);
    };
    await this.connection.transact((session) => work((statement) => session.run(statement)), {
      ...options,
      sees: 'fresh',
    });
  }

  async open(name: string, options: OpenOptions = {}): Promise<Table> {
    if (isReservedTable(name)) return this.#options.own.open(name, options);
    const { table, config, own } = this.#options;
    const stamped = await readSchema(this.#options, options);
    if (name !== table) throw this.#noTable(name);
    if (!stamped) throw await notFound(this.#options);
    const { connection, place } = own;
    const { readOnly } = this.manifest;
    return new PostgresMappedTable({ ...options, connection, own: place, config, stamped, readOnly });
  }

  async close(): Promise<void> {
    await this.#options.own.close();
  }

  #noTable(name: string): Error {
    const hint = `The mapping is of the table ${this.#options.table}.`;
    return refusal('TABLE_NOT_FOUND', `${this.location} has no table ${JSON.stringify(name)}`, {}, hint);
  }
}

async function readSchema(
  mapped: PostgresMappedStoreOptions,
  options: OpenOptions = {},
): Promise<StampedSchema | undefined> {
  const read = (run: Runs) => schemaIn(run, mapped);
  return mapped.own.connection.transact((session) => read((statement) => session.run(statement)), options);
}

async function schemaIn(
  run: Runs,
  { table, config, own }: PostgresMappedStoreOptions,
): Promise<StampedSchema | undefined> {
  if (await own.place.registry.find(run, table)) {
    throw mappingInvalid(
      `${table} is a table of Changeover's own layout`,
      'Leave the mapping out of the URL.',
    );
  }
  return readMappedSchema(run, own.schema, table, config);
}

async function notFound({ own, table, config }: PostgresMappedStoreOptions): Promise<Error> {
  const others = await own.connection.transact((session) =>
    own.place.registry.applicationTables((statement) => session.run(statement)),
  );
  const error = tableNotFound(own.location, table, others);
  if ('hint' in error && error.hint !== undefined) return error;
  return refusal('TABLE_NOT_FOUND', error.message, {}, hintToCreate({ table, config }));
}

function hintToCreate({ table, config }: Pick<PostgresMappedStoreOptions, 'table' | 'config'>): string {
  return `Create it first, with a column for each property: ${suggestTable(table, config)}`;
}
