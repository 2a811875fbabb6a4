import { planContract, runContractCase } from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { MEMORY_FACTORIES } from './memory-subject.ts';

for (const [name, factory] of Object.entries(MEMORY_FACTORIES)) {
  describe(name, () => {
    for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
      test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
    }
  });
}
