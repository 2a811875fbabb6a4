import { planContract, runContractCase } from 'changeover/table/contract';
import { afterAll, describe, test } from 'vitest';
import { startAzurite } from './azurite.ts';
import { azureTablesFactory } from './subject.ts';

const azurite = await startAzurite();
afterAll(() => azurite.close());

describe('Azure Tables', () => {
  const factory = azureTablesFactory(azurite);
  for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
    test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
  }
});
