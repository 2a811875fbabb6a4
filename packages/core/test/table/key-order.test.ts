import assert from 'node:assert/strict';
import { compareKeys, compareText, type RowKey } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keys, texts } from './arbitraries.ts';

describe('the order of keys', () => {
  test('is that of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(texts(), texts(), (a, b) => assert.equal(Math.sign(compareText(a, b)), compareBytes(a, b))),
    );
  });

  test('puts an astral character behind U+E000 to U+FFFF, unlike UTF-16', () => {
    const sorted = ['𐀀', '\uffff', '\ue000', '\ud7ff'].toSorted(compareText);
    expect(sorted).toEqual(['\ud7ff', '\ue000', '\uffff', '𐀀']);
  });

  test('tells astral characters of one high surrogate apart', () => {
    expect(compareText('𐀀', '𐀁')).toBeLessThan(0);
  });

  test('puts a text before what it begins', () => {
    expect(compareText('a', 'a\0')).toBeLessThan(0);
  });

  test('looks at the partition key first, then at the row key', () => {
    fc.assert(
      fc.property(keys(), keys(), (a, b) =>
        assert.equal(Math.sign(compareKeys(a, b)), compareKeyBytes(a, b)),
      ),
    );
  });
});

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function compareKeyBytes(a: RowKey, b: RowKey): number {
  return compareBytes(a.partitionKey, b.partitionKey) || compareBytes(a.rowKey, b.rowKey);
}
