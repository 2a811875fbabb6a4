import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planContract, runContractCase } from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { LIVE_SKIPS, liveFactory, type MakeStores, STANDS } from '../../../core/test/live/live-subject.ts';
import { systemClock } from '../../src/host/index.ts';
import { SqliteStore } from '../../src/sqlite/index.ts';

const makeStores: MakeStores = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'changeover-live-'));
  const open = (name: string) =>
    SqliteStore.open({ path: join(directory, name), mode: 'write', clock: systemClock, busyTimeoutMs: 50 });
  const [source, target] = await Promise.all([open('source.db'), open('target.db')]);
  return {
    source,
    target,
    close: async () => {
      await source.close();
      await target.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Those in which both sides are in use; `npm run test:long` has them all. */
const SHORT = ['turned after the first write', 'turned there and back after every write'];

for (const [name, stand] of Object.entries(STANDS)) {
  if (process.env['CHANGEOVER_TEST_LONG'] !== '1' && !SHORT.includes(name)) continue;
  const factory = await liveFactory(makeStores, stand);
  describe(`a migrating table over SQLite, ${name}`, () => {
    for (const { case: each, skipped } of planContract(factory.manifest, factory.offers, LIVE_SKIPS)) {
      test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
    }
  });
}
