import { planContract, runContractCase } from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { ownFactory } from './own-subject.ts';

describe.each([
  ['one connection', 1],
  ['two connections', 2],
])('SQLite, own layout, over %s', (_, connections) => {
  const factory = ownFactory(connections);
  for (const { case: each, skipped } of planContract(factory.manifest, factory.offers)) {
    test.skipIf(skipped)(each.title, () => runContractCase(each, factory));
  }
});
