import assert from 'node:assert/strict';
import { propertiesBytes, rowBytes, textBytes, type Value } from 'changeover/table';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { texts } from './arbitraries.ts';

test('text counts its UTF-8 bytes', () => {
  fc.assert(fc.property(texts(), (text) => assert.equal(textBytes(text), Buffer.byteLength(text))));
});

test.each<[Value, number]>([
  [{ type: 'string', value: 'é𐀀' }, 6],
  [{ type: 'boolean', value: true }, 1],
  [{ type: 'int32', value: 5 }, 4],
  [{ type: 'int64', value: 5n }, 8],
  [{ type: 'double', value: 5 }, 8],
  [{ type: 'decimal', value: '-1.50' }, 5],
  [{ type: 'datetime', value: '2012-02-18T00:00:00.0000000Z' }, 8],
  [{ type: 'guid', value: '00000000-0000-0000-0000-000000000000' }, 16],
  [{ type: 'binary', value: new Uint8Array(3) }, 3],
  [{ type: 'json', value: '{"é":1}' }, 8],
])('a value counts in its plainest form: %o has %i bytes', (value, bytes) => {
  expect(propertiesBytes({ p: value }) - textBytes('p')).toBe(bytes);
});

test('a row counts its keys, names and values', () => {
  const properties = { né: { type: 'boolean', value: true }, n: { type: 'int32', value: 1 } } as const;
  expect(rowBytes({ partitionKey: 'é', rowKey: 'ab', properties })).toBe(2 + 2 + (3 + 1) + (1 + 4));
});
