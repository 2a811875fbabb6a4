import { planContract, runContractCase } from 'changeover/table/contract';
import { afterAll, describe, test } from 'vitest';
import { azureTablesFactory } from './own-subject.ts';
import { startAzurite } from './test-server.ts';

const azurite = await startAzurite();
afterAll(() => azurite.close());

describe('Azure Tables', () => {
  const factory = azureTablesFactory(azurite);
  for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
    test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
  }
});
