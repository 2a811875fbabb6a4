import { MemoryStore } from 'changeover/table';
import { planContract, tableContract } from 'changeover/table/contract';
import { expect, test } from 'vitest';

const { manifest } = new MemoryStore();
const TITLE = 'get: a row that is not there is undefined';

test('no two cases have the same title', () => {
  const titles = tableContract.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
});

test('a plan has every case, in order', () => {
  expect(planContract(manifest, {}).map((planned) => planned.case)).toEqual(tableContract);
});

test('a case whose needs are not met is skipped, and says which', () => {
  const skipped = planContract({ ...manifest, reservedRows: 'none' }, {}).map((planned) => planned.skipped);
  expect(skipped).toContain('needs reservedRows');
});

test('a skip is told with its reason', () => {
  const plan = planContract(manifest, {}, [{ title: TITLE, reason: 'it is Sunday' }]);
  expect(plan.find((planned) => planned.case.title === TITLE)?.skipped).toBe('it is Sunday');
});

test('a skip that names no case is an error', () => {
  expect(() => planContract(manifest, {}, [{ title: 'get: nothing', reason: 'typo' }])).toThrow(
    'get: nothing',
  );
});

test('a skip without a reason is an error', () => {
  expect(() => planContract(manifest, {}, [{ title: TITLE, reason: '' }])).toThrow('no reason');
});
