import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { ActiveFault, ContractFactory, ContractSubject } from 'changeover/table/contract';
import { systemClock } from '../../src/host/index.ts';
import { SqliteStore } from '../../src/sqlite/index.ts';
import { OWN_MANIFEST } from '../../src/sqlite/sqlite-manifest.ts';

/** Tables of our own layout. Handles are spread evenly over so many connections to the same file. */
export function ownFactory(connections: number): ContractFactory {
  return {
    manifest: OWN_MANIFEST,
    offers: { faults: ['throttled'], readOnly: true },
    create: () => createSubject(connections),
  };
}

async function createSubject(connections: number): Promise<ContractSubject> {
  const directory = await mkdtemp(join(tmpdir(), 'changeover-own-'));
  const path = join(directory, 'own.db');
  const stores: SqliteStore[] = [];
  const openStore = async (mode: 'read' | 'write') => {
    const store = await SqliteStore.open({ path, mode, clock: systemClock, busyTimeoutMs: 50 });
    stores.push(store);
    return store;
  };
  const first = await openStore('write');
  await first.create('subject');
  for (let count = 1; count < connections; count += 1) await openStore('write');
  let handles = 0;
  return {
    store: first,
    async open(options) {
      const store = stores[handles++ % connections];
      assert.ok(store);
      return store.open('subject', options);
    },
    openReadOnly: async () => (await openStore('read')).open('subject'),
    freeName: 'free',
    reservedName: '_changeover_free',
    faults: { throttled: async () => holdWriteLock(path) },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await rm(directory, { recursive: true });
    },
  };
}

/** Another process, as SQLite sees it, in the middle of a long write. Readers mind only an exclusive one. */
export function holdWriteLock(path: string, kind: 'immediate' | 'exclusive' = 'immediate'): ActiveFault {
  const other = new Database(path);
  other.exec(`begin ${kind}`);
  return { reads: false, writes: true, lift: async () => void other.close() };
}
