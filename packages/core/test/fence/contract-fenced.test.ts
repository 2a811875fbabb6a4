import { FencedTable, raiseFence } from 'changeover/fence';
import { MemoryStore, RESERVED_TABLE_PREFIX } from 'changeover/table';
import {
  type ContractFactory,
  type ContractSubject,
  planContract,
  runContractCase,
} from 'changeover/table/contract';
import { describe, test } from 'vitest';

/** Tables in memory whose every handle is of the epoch that was raised last. */
const factory: ContractFactory = {
  manifest: new MemoryStore().manifest,
  offers: { readOnly: true },
  create: createSubject,
};

async function createSubject(): Promise<ContractSubject> {
  const store = new MemoryStore();
  await store.create('subject');
  await raiseFence(store, 'owner');
  const fence = await raiseFence(store, 'owner');
  return {
    store,
    open: async (options) => new FencedTable(await store.open('subject', options), fence),
    openReadOnly: async () => new FencedTable(await store.readOnlyView().open('subject'), fence),
    freeName: 'free',
    reservedName: `${RESERVED_TABLE_PREFIX}free`,
    faults: {},
    close: () => store.close(),
  };
}

describe('a fenced table', () => {
  for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
    test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
  }
});
