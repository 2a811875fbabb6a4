import { planContract, runContractCase } from 'changeover/table/contract';
import { afterAll, describe, test } from 'vitest';
import { ownFactory } from './own-subject.ts';
import { missingServer, openTestDatabase } from './test-server.ts';

const database = await openTestDatabase();
afterAll(() => database?.close());

describe.skipIf(!database)(`Postgres, own layout${database ? '' : `: not run: ${missingServer}`}`, () => {
  const factory = ownFactory(database);
  for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
    test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
  }
});
