import { planContract, runContractCase } from 'changeover/table/contract';
import { afterAll, describe, test } from 'vitest';
import { MAPPED_SKIPS, mappedFactory } from './mapped-subject.ts';
import { missingServer, openTestDatabase } from './test-server.ts';

const database = await openTestDatabase();
afterAll(() => database?.close());

for (const versions of ['server', 'column'] as const) {
  const factory = mappedFactory(versions, database);
  const plan = planContract(factory.manifest, factory.offers, MAPPED_SKIPS[versions]);
  const title = `Postgres, a mapped table whose versions are of the kind "${versions}"`;
  describe.skipIf(!database)(`${title}${database ? '' : `: not run: ${missingServer}`}`, () => {
    for (const { case: each, skipped } of plan) {
      test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
    }
  });
}
