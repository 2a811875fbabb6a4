import { type Manifest, MemoryStore } from 'changeover/table';
import { planContract, runContractCase } from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { LIVE_SKIPS, liveFactory, type MakeStores, STANDS } from './live-subject.ts';

const memory =
  (manifest: Partial<Manifest>): MakeStores =>
  async () => {
    const [source, target] = ['source', 'target'].map((name) => new MemoryStore({ name, manifest })) as [
      MemoryStore,
      MemoryStore,
    ];
    return {
      source,
      target,
      close: async () => {
        await source.close();
        await target.close();
      },
    };
  };

/** As narrow as the suite can reach, once what we need for ourselves is taken off. */
const SMALL: Partial<Manifest> = {
  atomicBatch: { rows: 12, bytes: 30_000 },
  atomicQuery: { rows: 30, bytes: 30_000 },
  scan: { pageRows: 7, nativeOrder: 'utf8' },
  load: { rows: 50, bytes: 20_000, atomic: true, marks: false },
  limits: { keyBytes: 300, rowBytes: 15_000, properties: 25, propertyNameBytes: 60 },
  fencing: false,
};

/** Where partitions are copied after every write, small batches make the suite's large tables take very long. */
const WITH_SMALL = [
  'source only',
  'managed, and never turned',
  'turned after the first write',
  'turned there and back after every write',
  'target only',
];

for (const [name, stand] of Object.entries(STANDS)) {
  const small = WITH_SMALL.includes(name) ? { ', between small stores': SMALL } : {};
  for (const [stores, manifest] of Object.entries({ '': {}, ...small })) {
    const factory = await liveFactory(memory(manifest), stand);
    describe(`a migrating table, ${name}${stores}`, () => {
      for (const { case: each, skipped } of planContract(factory.manifest, factory.offers, LIVE_SKIPS)) {
        test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
      }
    });
  }
}
