import assert from 'node:assert/strict';
import type { ActiveFault, ContractFactory, ContractSubject } from 'changeover/table/contract';
import { systemClock } from '../../src/host/index.ts';
import { PostgresStore } from '../../src/postgres/index.ts';
import { OWN_MANIFEST } from '../../src/postgres/postgres-manifest.ts';
import { TcpProxy } from './tcp-proxy.ts';
import type { TestDatabase } from './test-server.ts';

/**
 * Short, since the tests of faults wait for them each time. A statement has room for several waits for a lock, one behind
 * the other, as happens where a machine is busy.
 */
export const LIMITS = {
  connectTimeoutMs: 1000,
  lockTimeoutMs: 300,
  statementTimeoutMs: 1500,
  silenceTimeoutMs: 50,
};

let schemas = 0;

/** A schema of its own for a case. */
export async function createSchema(database: TestDatabase): Promise<string> {
  schemas += 1;
  const schema = `case_${process.pid}_${schemas}`;
  await database.sql(`create schema ${schema}`);
  return schema;
}

/** Tables of our own layout. Without a database nothing can be created, and only the plan be made. */
export function ownFactory(database: TestDatabase | undefined): ContractFactory {
  return {
    manifest: OWN_MANIFEST,
    offers: { faults: ['throttled', 'timedOut', 'unavailable'], readOnly: true },
    async create() {
      assert.ok(database, 'there is a server');
      return createSubject(database);
    },
  };
}

async function createSubject(database: TestDatabase): Promise<ContractSubject> {
  const schema = await createSchema(database);
  const proxy = await TcpProxy.open(database.place);
  const stores: PostgresStore[] = [];
  const openStore = async (mode: 'read' | 'write') => {
    const place = { ...database.place, host: '127.0.0.1', port: proxy.port };
    const store = await PostgresStore.open({ place, schema, mode, clock: systemClock, ...LIMITS });
    stores.push(store);
    return store;
  };
  const first = await openStore('write');
  await first.create('subject');
  // Every other handle comes from another store, as of another process.
  const second = await openStore('write');
  let handles = 0;
  return {
    store: first,
    open: (options) => (handles++ % 2 === 0 ? first : second).open('subject', options),
    openReadOnly: async () => (await openStore('read')).open('subject'),
    freeName: 'free',
    reservedName: '_changeover_free',
    faults: faultsOf(database, proxy, `${schema}.subject`),
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await proxy.close();
      await database.sql(`drop schema ${schema} cascade`);
    },
  };
}

/** The faults that a table of a real server can be put into. */
export function faultsOf(database: TestDatabase, proxy: TcpProxy, table: string): ContractSubject['faults'] {
  return {
    throttled: () => holdLock(database, table),
    timedOut: async () => {
      proxy.rule(({ from }) => (from === 'server' ? 'hold' : 'pass'));
      return { reads: true, writes: true, lift: async () => proxy.lift() };
    },
    unavailable: async () => {
      proxy.cut();
      return { reads: true, writes: true, lift: async () => proxy.lift() };
    },
  };
}

/** Another session that is in the middle of altering the table. */
async function holdLock(database: TestDatabase, table: string): Promise<ActiveFault> {
  const client = await database.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  return { reads: true, writes: true, lift: () => client.end() };
}
