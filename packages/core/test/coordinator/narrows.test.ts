import { MemoryStore } from 'changeover/table';
import { expect, test } from 'vitest';
import { narrowsOf } from '../../src/coordinator/narrows.ts';

const { manifest } = new MemoryStore();

test('What both stores have without limit is not narrowed', () => {
  expect(narrowsOf({ source: manifest, target: manifest })).toEqual([]);
});

test('A limit of the target holds from the beginning, less what we need of it', () => {
  const target = { ...manifest, atomicBatch: { rows: 100, bytes: Number.POSITIVE_INFINITY } };
  expect(narrowsOf({ source: manifest, target })).toEqual(['writes of a batch: 99 instead of any number']);
});

test('A delete of what may be absent is alone from the beginning if the target wants it alone', () => {
  expect(narrowsOf({ source: manifest, target: { ...manifest, deletesAbsent: false } })).toEqual([
    'a delete without a condition is refused beside other writes of a batch',
  ]);
});
