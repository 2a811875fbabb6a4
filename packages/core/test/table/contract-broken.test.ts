import assert, { AssertionError } from 'node:assert/strict';
import { isOperationalError } from 'changeover/std';
import {
  type ContractCase,
  type ContractFactory,
  planContract,
  runContractCase,
  tableContract,
} from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { broken } from './broken/defect.ts';
import { DEFECTS } from './broken/index.ts';
import { MEMORY_FACTORIES } from './memory-subject.ts';

describe('a store that', () => {
  for (const defect of DEFECTS) {
    describe(defect.name, () => {
      const found = tableContract.filter(({ title }) => defect.breaks.test(title));
      test('is one that the suite is said to find', () => assert.ok(found.length > 0));
      for (const each of found) {
        test(`does not pass "${each.title}"`, async () => {
          const error = await runContractCase(each, broken(factoryFor(each), defect)).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          assert.ok(error, 'the case passes all the same');
          assert.ok(
            error instanceof AssertionError || isOperationalError(error),
            `failed by accident: ${String(error)}`,
          );
        });
      }
    });
  }
});

test('every contract case has a broken store that does not pass it', () => {
  const unproved = tableContract.filter(({ title }) => !DEFECTS.some(({ breaks }) => breaks.test(title)));
  assert.deepEqual(
    unproved.map(({ title }) => title),
    [],
  );
});

/** The first memory store that meets the needs of the case. */
function factoryFor(each: ContractCase): ContractFactory {
  const factory = Object.values(MEMORY_FACTORIES).find(({ manifest, offers }) =>
    planContract(manifest, offers).some((planned) => planned.case === each && planned.skipped === undefined),
  );
  assert.ok(factory, `no memory store meets the needs of "${each.title}"`);
  return factory;
}
