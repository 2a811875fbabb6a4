import { planContract, runContractCase } from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { MAPPED_SKIPS, mappedFactory } from './mapped-subject.ts';

for (const versions of ['hash', 'column'] as const) {
  const factory = await mappedFactory(versions);
  const plan = planContract(factory.manifest, factory.offers, MAPPED_SKIPS[versions]);
  describe(`SQLite, a mapped table whose versions are of the kind "${versions}"`, () => {
    for (const { case: each, skipped } of plan) {
      test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
    }
  });
}
