import { thinned } from 'changeover/transfer';
import { expect, test } from 'vitest';

function keysOf(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    partitionKey: '',
    rowKey: String(index).padStart(3, '0'),
  }));
}

test('A small table is one range', () => {
  expect(thinned(keysOf(63), 4_000)).toEqual([]);
});

test('Ranges are thinned evenly until each has enough rows', () => {
  const kept = thinned(keysOf(63), 20_000).map(({ rowKey }) => rowKey);
  expect(kept).toEqual(['015', '031', '047']);
});

test('A large table keeps every key', () => {
  expect(thinned(keysOf(63), 10_000_000)).toHaveLength(63);
});
