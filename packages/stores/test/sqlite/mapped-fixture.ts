import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Table } from 'changeover/table';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/host/system-clock.ts';
import { type MappedParameters, parseMappedConfig } from '../../src/layout/mapped-config.ts';
import { SqliteMappedStore } from '../../src/sqlite/sqlite-mapped-store.ts';
import { SqliteStore } from '../../src/sqlite/sqlite-store.ts';

export interface MappedFile {
  readonly path: string;
  /** The application's own connection. */
  readonly application: Database.Database;
  openStore(options: MappedStoreOptions): Promise<SqliteMappedStore>;
  /** Opens `table` for writing. */
  openTable(table: string, parameters: MappedParameters): Promise<Table>;
  close(): Promise<void>;
}

interface MappedStoreOptions {
  readonly table: string;
  readonly parameters: MappedParameters;
  readonly mode?: 'read' | 'write';
  readonly busyTimeoutMs?: number;
}

/** A database file in which an application made its tables with `ddl`. */
export async function createMappedFile(ddl: string): Promise<MappedFile> {
  const directory = await mkdtemp(join(tmpdir(), 'changeover-mapped-'));
  const path = join(directory, 'app.db');
  const application = new Database(path);
  application.defaultSafeIntegers(true);
  application.exec(ddl);
  const stores: SqliteMappedStore[] = [];
  const openStore = async ({ table, parameters, mode = 'write', ...options }: MappedStoreOptions) => {
    const own = await SqliteStore.open({ path, mode, clock: systemClock });
    const config = parseMappedConfig(parameters);
    const store = await SqliteMappedStore.open({ table, config, mode, clock: systemClock, own, ...options });
    stores.push(store);
    return store;
  };
  return {
    path,
    application,
    openStore,
    openTable: async (table, parameters) => (await openStore({ table, parameters })).open(table),
    close: async () => {
      for (const store of stores) await store.close();
      application.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** As {@link createMappedFile}, for the running test. */
export async function mappedFile(ddl: string): Promise<MappedFile> {
  const file = await createMappedFile(ddl);
  onTestFinished(() => file.close());
  return file;
}
