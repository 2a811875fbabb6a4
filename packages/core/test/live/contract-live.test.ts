import { MemoryStore } from 'changeover/table';
import { planContract, runContractCase } from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { liveFactory, type MakeStores, STANDS } from './live-subject.ts';

const makeStores: MakeStores = async () => {
  const [source, target] = [new MemoryStore({ name: 'source' }), new MemoryStore({ name: 'target' })];
  return {
    source,
    target,
    close: async () => {
      await source.close();
      await target.close();
    },
  };
};

for (const [name, stand] of Object.entries(STANDS)) {
  const factory = await liveFactory(makeStores, stand);
  describe(`a migrating table, ${name}`, () => {
    for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
      test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
    }
  });
}
