import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import type { ControlStore } from 'changeover/control';
import { type ControlFactory, planControlContract, runControlCase } from 'changeover/control/contract';
import { seededRandom, VirtualClock } from 'changeover/std';
import { describe, test } from 'vitest';
import { openSqliteControl } from '../../src/sqlite/sqlite-control.ts';

/** Many handles on one file. An outage is another process that holds the write lock for longer than anyone waits. */
const factory: ControlFactory = {
  offers: { outage: true },
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'control-'));
    const path = join(directory, 'control.db');
    const clock = new VirtualClock(1_000_000);
    const random = seededRandom(1);
    const handles: ControlStore[] = [];
    return {
      clock,
      advance: async (ms) => {
        await clock.advance(ms);
        // A connection lets the event loop turn now and then.
        await setImmediate();
      },
      open: async () => {
        const handle = await openSqliteControl({ path, clock, random, create: true, busyTimeoutMs: 100 });
        handles.push(handle);
        return handle;
      },
      startOutage: async () => {
        const holder = new Database(path);
        holder.exec('begin immediate');
        return {
          lift: async () => {
            holder.close();
          },
        };
      },
      close: async () => {
        for (const handle of handles) await handle.close();
        await rm(directory, { recursive: true });
      },
    };
  },
};

describe('the SQLite control store fulfils the contract', () => {
  for (const { case: each, skipped } of planControlContract(factory.offers)) {
    test.skipIf(skipped)(each.title, () => runControlCase(each, factory));
  }
});
