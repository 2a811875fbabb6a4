import assert, { AssertionError } from 'node:assert/strict';
import { inspect } from 'node:util';
import { isOperationalError } from 'changeover/std';
import {
  type ContractCase,
  type ContractFactory,
  runContractCase,
  tableContract,
} from 'changeover/table/contract';
import { describe, test } from 'vitest';
import { broken, type Defect } from './broken/defect.ts';
import { DEFECTS } from './broken/index.ts';
import { MEMORY_FACTORIES } from './memory-subject.ts';

describe('a store that', () => {
  for (const defect of DEFECTS) {
    describe(defect.name, () => {
      const found = tableContract.filter(({ title }) => defect.breaks.test(title));
      test('is one that the suite is said to find', () => assert.ok(found.length > 0));
      for (const each of found) {
        test(`does not pass "${each.title}"`, async () => {
          const error = await runContractCase(each, broken(factoryFor(each, defect), defect)).then(
            () => undefined,
            (reason: unknown) => reason,
          );
          assert.ok(error, 'the case passes all the same');
          assert.ok(
            error instanceof AssertionError || isOperationalError(error),
            `failed by accident: ${inspect(error)}`,
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

function factoryFor(each: ContractCase, { of }: Defect): ContractFactory {
  const found = Object.entries(MEMORY_FACTORIES).find(
    ([name, { manifest, offers }]) =>
      (of ?? name) === name && each.needs.every((need) => need.met(manifest, offers)),
  );
  assert.ok(found, `no memory store meets the needs of "${each.title}"`);
  return found[1];
}
