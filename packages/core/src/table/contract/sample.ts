import assert from 'node:assert/strict';
import { compareKeys, keyOf, type RowKey } from '../key.ts';
import type { RowData } from '../table.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { assertFails, fill, key, manyRows, row } from './support.ts';

/** A hot partition with most of the rows, among many small ones. */
const SKEWED: readonly RowData[] = [
  ...Array.from({ length: 200 }, (_, index) => row(`a${index}`, 'r', { text: 'cold' })),
  ...manyRows('hot', 1600),
  ...Array.from({ length: 200 }, (_, index) => row(`z${index}`, 'r', { text: 'cold' })),
];

const PARTS = 8;

/** T7, T10: where to cut a table into shards. */
export const sampleCases: readonly ContractCase[] = [
  contractCase('sampleKeys: an empty table has no keys', async (subject) => {
    const { keys, rows } = await (await subject.open()).sampleKeys(PARTS);
    assert.deepEqual(keys, []);
    assert.ok(rows === undefined || rows === 0);
  }),
  contractCase('sampleKeys: keys ascend, none twice', async (subject) => {
    const table = await subject.open();
    await fill(table, manyRows('p', 20));
    for (const parts of [2, 7, 20, 50]) {
      const { keys } = await table.sampleKeys(parts);
      for (const [index, each] of keys.entries()) {
        const previous = keys[index - 1];
        assert.ok(
          !previous || compareKeys(previous, each) < 0,
          `key ${index} of ${parts} parts does not ascend`,
        );
      }
    }
  }),
  contractCase('sampleKeys: keys are bare, and all that is given', async (subject) => {
    const table = await subject.open();
    await fill(table, manyRows('p', 20));
    const { keys } = await table.sampleKeys(4);
    assert.ok(keys.length > 0, 'twenty rows can be split');
    for (const each of keys) assert.deepEqual(Object.keys(each).toSorted(), ['partitionKey', 'rowKey']);
  }),
  contractCase('sampleKeys: one part needs no key', async (subject) => {
    const table = await subject.open();
    await fill(table, manyRows('p', 20));
    assert.deepEqual((await table.sampleKeys(1)).keys, []);
  }),
  contractCase('sampleKeys: tells how many rows there are, or that it cannot', async (subject) => {
    const table = await subject.open();
    await fill(table, manyRows('p', 20));
    const { rows } = await table.sampleKeys(4);
    assert.ok(rows === undefined || rows === 20, `there are 20 rows, not ${rows}`);
  }),
  contractCase('sampleKeys: splits a table with a hot partition into like parts', async (subject) => {
    const table = await subject.open();
    await fill(table, SKEWED);
    const { keys } = await table.sampleKeys(PARTS);
    const sizes = partSizes(SKEWED.toSorted(compareKeys), keys);
    const even = SKEWED.length / PARTS;
    assert.ok(Math.max(...sizes) <= even * 3, `parts of ${sizes.join(', ')} rows`);
  }),
  contractCase('sampleKeys: splits only the range that is asked for', async (subject) => {
    const table = await subject.open();
    const rows = manyRows('p', 40);
    await fill(table, rows);
    const [after, through] = [keyOf(rows[9] as RowData), keyOf(rows[29] as RowData)];
    const { keys, rows: count } = await table.sampleKeys(4, { after, through });
    const sizes = partSizes(rows.slice(10, 30), keys);
    assert.ok(keys.every((each) => compareKeys(each, after) > 0 && compareKeys(each, through) < 0));
    assert.ok(Math.max(...sizes) <= 10, `parts of ${sizes.join(', ')} rows`);
    assert.ok(count === undefined || count === 20, `there are 20 rows in the range, not ${count}`);
  }),
  contractCase('sampleKeys: a range without rows has no keys', async (subject) => {
    const table = await subject.open();
    await fill(table, manyRows('p', 20));
    assert.deepEqual((await table.sampleKeys(4, { after: key('q', '') })).keys, []);
    assert.deepEqual((await table.sampleKeys(4, { through: key('o', '') })).keys, []);
  }),
  contractCase('sampleKeys: a number of parts that is no count is refused', async (subject) => {
    const table = await subject.open();
    for (const bad of [0, -1, 1.5]) await assertFails(table.sampleKeys(bad), 'TABLE_OPTION_INVALID');
  }),
];

/** How many rows are in each part; each key ends one. */
function partSizes(rows: readonly RowData[], keys: readonly RowKey[]): readonly number[] {
  const sizes = Array.from({ length: keys.length + 1 }, () => 0);
  for (const each of rows) {
    const part = keys.findIndex((end) => compareKeys(each, end) <= 0);
    const index = part < 0 ? keys.length : part;
    sizes[index] = (sizes[index] ?? 0) + 1;
  }
  return sizes;
}
