import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import {
  formatMappedConfig,
  type MappedParameters,
  parseMappedConfig,
} from '../../src/layout/mapped-config.ts';

test('a mapping names its columns by role', () => {
  const config = parseMappedConfig({
    partitionKey: 'a,b',
    rowKey: 'c',
    version: 'rev',
    types: 'n:int32,x:y:guid',
  });
  expect(config).toEqual({
    partitionKey: ['a', 'b'],
    rowKey: ['c'],
    version: 'rev',
    types: new Map([
      ['n', 'int32'],
      ['x:y', 'guid'],
    ]),
  });
});

test('one column in both roles is a row key under a constant partition key', () => {
  const { partitionKey, rowKey } = parseMappedConfig({ partitionKey: 'id', rowKey: 'id' });
  assert.deepEqual([partitionKey, rowKey], [[], ['id']]);
});

test('equal mappings have equal text, and it parses to the same mapping', () => {
  const [a, b] = ['n:int32,at:datetime', 'at:datetime,n:int32'].map((types) =>
    parseMappedConfig({ partitionKey: 'id', rowKey: 'id', types }),
  );
  assert.ok(a && b);
  assert.equal(formatMappedConfig(a), formatMappedConfig(b));
  const parameters = Object.fromEntries(new URLSearchParams(formatMappedConfig(a)));
  assert.deepEqual(parseMappedConfig(parameters), a);
});

const INVALID: readonly [string, MappedParameters, RegExp][] = [
  ['no partition key', { rowKey: 'a' }, /no partitionKey/],
  ['no row key', { partitionKey: 'a' }, /no rowKey/],
  ['an empty name', { partitionKey: 'a,', rowKey: 'b' }, /empty/],
  ['an empty version', { partitionKey: 'a', rowKey: 'b', version: '' }, /empty/],
  ['a key column twice', { partitionKey: 'a,b', rowKey: 'b' }, /b twice/],
  ['several columns in both roles', { partitionKey: 'a,b', rowKey: 'a,b' }, /a twice/],
  ['a key column as version', { partitionKey: 'a', rowKey: 'b', version: 'b' }, /b twice/],
  ['a type of a key column', { partitionKey: 'a', rowKey: 'b', types: 'b:guid' }, /b twice/],
  ['two types of a column', { partitionKey: 'a', rowKey: 'b', types: 'c:guid,c:json' }, /c twice/],
  ['an unknown type', { partitionKey: 'a', rowKey: 'b', types: 'c:uuid' }, /uuid.*guid/],
  ['a column without a type', { partitionKey: 'a', rowKey: 'b', types: 'c' }, /COLUMN:TYPE/],
];

for (const [what, parameters, message] of INVALID) {
  test(`a mapping with ${what} is refused, and the message says so`, () => {
    assert.throws(() => parseMappedConfig(parameters), {
      code: 'TABLE_MAPPING_INVALID',
      effect: 'none',
      message,
    });
  });
}
