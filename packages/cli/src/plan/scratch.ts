import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '@changeover/stores/sqlite';
import type { Scratch } from 'changeover/move';
import type { Store } from 'changeover/table';
import type { Io } from '../io.ts';

/**
 * How to make a place to measure writing in, for targets whose vendor can have one that costs nothing and is nobody's:
 * for SQLite a file in a directory of its own among the system's temporary ones. Empty for other vendors.
 */
export function scratchFor({ kind }: Store, { clock }: Io): { openScratch?: () => Promise<Scratch> } {
  if (kind !== 'sqlite') return {};
  return {
    async openScratch() {
      const directory = await mkdtemp(join(tmpdir(), 'changeover-probe-'));
      const remove = () => rm(directory, { recursive: true, force: true });
      try {
        const store = await SqliteStore.open({ path: join(directory, 'probe.db'), mode: 'write', clock });
        return {
          store,
          async close() {
            try {
              await store.close();
            } finally {
              await remove();
            }
          },
        };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}
