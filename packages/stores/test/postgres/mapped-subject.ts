import assert from 'node:assert/strict';
import {
  CONTRACT_COLUMNS,
  type ContractFactory,
  type ContractSkip,
  type ContractSubject,
} from 'changeover/table/contract';
import { systemClock } from '../../src/host/index.ts';
import { type MappedParameters, parseMappedConfig } from '../../src/layout/index.ts';
import { PostgresMappedStore, PostgresStore } from '../../src/postgres/index.ts';
import { mappedManifest } from '../../src/postgres/postgres-mapped-manifest.ts';
import { createSchema, faultsOf, LIMITS } from './own-subject.ts';
import { TcpProxy } from './tcp-proxy.ts';
import type { TestDatabase } from './test-server.ts';

/** Where the versions of a mapped table come from. */
export type Versions = 'server' | 'column';

/** The cases that mapped tables do not pass, and why. */
export const MAPPED_SKIPS: Readonly<Record<Versions, readonly ContractSkip[]>> = {
  server: [],
  column: [
    {
      title: 'batch: each condition is about its own row',
      reason: 'it takes versions of different rows to differ, but a version column counts from 1 in each',
    },
  ],
};

const DECLARED = {
  string: 'text',
  boolean: 'boolean',
  int32: 'integer',
  int64: 'bigint',
  double: 'double precision',
  decimal: 'numeric',
  datetime: 'timestamptz',
  guid: 'uuid',
  binary: 'bytea',
  json: 'json',
};

const COLUMNS = Object.entries(CONTRACT_COLUMNS).map(
  ([name, type]) => `"${name.replaceAll('"', '""')}" ${DECLARED[type]}`,
);

/** Keys whose own order is not that of the bytes, wherever the database has such a collation. */
const KEYS = 'pk text collate "en-x-icu" not null, rk text collate "en-x-icu" not null';
const MAPPING: MappedParameters = { partitionKey: 'pk', rowKey: 'rk' };

const TABLES: Readonly<Record<Versions, { readonly ddl: string; readonly parameters: MappedParameters }>> = {
  server: { ddl: `(${KEYS}, ${COLUMNS.join(', ')}, primary key (pk, rk))`, parameters: MAPPING },
  column: {
    ddl: `(${COLUMNS.join(', ')}, pk text collate "C" not null, rk text collate "C" not null, rev bigint, primary key (pk, rk))`,
    parameters: { ...MAPPING, version: 'rev' },
  },
};

/**
 * An application's table with every column that the contract suite writes. Without a database nothing can be created, and
 * only the plan be made.
 */
export function mappedFactory(versions: Versions, database: TestDatabase | undefined): ContractFactory {
  const manifest = mappedManifest(undefined, { readOnly: false, requestLifetimeMs: 60_000 });
  return {
    manifest: {
      ...manifest,
      version: { ...manifest.version, kind: versions },
    },
    offers: {
      properties: CONTRACT_COLUMNS,
      faults: ['throttled', 'timedOut', 'unavailable'],
      readOnly: true,
    },
    async create() {
      assert.ok(database, 'there is a server');
      return createSubject(versions, database);
    },
  };
}

async function createSubject(versions: Versions, database: TestDatabase): Promise<ContractSubject> {
  const { ddl, parameters } = TABLES[versions];
  const schema = await createSchema(database);
  await database.sql(`create table ${schema}.subject ${ddl}`);
  const proxy = await TcpProxy.open(database.place);
  const place = { ...database.place, host: '127.0.0.1', port: proxy.port };
  const stores: PostgresMappedStore[] = [];
  const openStore = async (mode: 'read' | 'write') => {
    const own = await PostgresStore.open({ place, schema, mode, clock: systemClock, ...LIMITS });
    const config = parseMappedConfig(parameters);
    const store = await PostgresMappedStore.open({ table: 'subject', config, own });
    stores.push(store);
    return store;
  };
  const store = await openStore('write');
  // Every other handle comes from another store, as of another process.
  const second = await openStore('write');
  let handles = 0;
  return {
    store,
    open: (options) => (handles++ % 2 === 0 ? store : second).open('subject', options),
    openReadOnly: async () => (await openStore('read')).open('subject'),
    freeName: 'free',
    reservedName: '_changeover_free',
    faults: faultsOf(database, proxy, `${schema}.subject`),
    async close() {
      await Promise.all(stores.map((each) => each.close()));
      await proxy.close();
      await database.sql(`drop schema ${schema} cascade`);
    },
  };
}
