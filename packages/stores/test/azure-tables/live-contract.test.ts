import { planContract, runContractCase } from 'changeover/table/contract';
import { afterAll, describe, test } from 'vitest';
import { LIVE_SKIPS, liveFactory, type MakeStores, STANDS } from '../../../core/test/live/live-subject.ts';
import { AzureTablesStore } from '../../src/azure-tables/index.ts';
import { systemClock } from '../../src/host/index.ts';
import { startAzurite } from './test-server.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** The others take the same requests in another order, and are run in the long tests. */
const SHORT = ['managed, and never turned'];

const azurite = await startAzurite();
afterAll(() => azurite.close());

/** Two accounts, with no table but those of the case. */
const makeStores: MakeStores = async () => {
  const [source, target] = azurite.accounts.map(
    (account) => new AzureTablesStore({ place: account.place(), mode: 'write', clock: systemClock }),
  ) as [AzureTablesStore, AzureTablesStore];
  const close = async () => {
    for (const { place } of azurite.accounts) {
      const store = new AzureTablesStore({ place: place(), mode: 'write', clock: systemClock });
      const reserved = { reserved: true };
      for (const name of await store.list(reserved)) await store.drop(name, reserved);
      await store.close();
    }
    await source.close();
    await target.close();
  };
  return { source, target, close };
};

for (const [name, stand] of Object.entries(STANDS)) {
  if (!LONG && !SHORT.includes(name)) continue;
  const factory = await liveFactory(makeStores, stand);
  describe(`a migrating table between two accounts, ${name}`, () => {
    for (const { case: each, skipped } of planContract(factory.manifest, factory.offers, LIVE_SKIPS)) {
      test.skipIf(skipped)(each.title, { timeout: 600_000 }, () => runContractCase(each, factory));
    }
  });
}
