import type { RowData } from 'changeover/table';
import { batchesOf } from 'changeover/transfer';
import { expect, test } from 'vitest';

function rowOf(rowKey: string, length: number): RowData {
  return { partitionKey: '', rowKey, properties: { p: { type: 'string', value: 'x'.repeat(length) } } };
}

/** The row's own key and property name count two bytes. */
const rows = ['a', 'b', 'c', 'd'].map((key) => rowOf(key, 8));

test('Batches hold at most so many rows, in order', () => {
  const batches = batchesOf(rows, { rows: 3, bytes: 1000 });
  expect(batches.map((batch) => batch.rows.map(({ rowKey }) => rowKey))).toEqual([['a', 'b', 'c'], ['d']]);
});

test('Batches hold at most so many bytes, and say how many', () => {
  expect(batchesOf(rows, { rows: 10, bytes: 20 }).map(({ bytes }) => bytes)).toEqual([20, 20]);
});

test('A row over the limit is a batch of its own, and its neighbours are not lost', () => {
  const batches = batchesOf([rowOf('a', 1), rowOf('b', 50), rowOf('c', 1)], { rows: 10, bytes: 20 });
  expect(batches.map((batch) => batch.rows.map(({ rowKey }) => rowKey))).toEqual([['a'], ['b'], ['c']]);
});

test('No rows are no batches', () => {
  expect(batchesOf([], { rows: 1, bytes: 1 })).toEqual([]);
});
