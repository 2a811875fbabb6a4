import type { Value } from 'changeover/table';
import { expect, test } from 'vitest';
import {
  decodeEntity,
  type Entity,
  encodeRow,
  parseBody,
} from '../../src/azure-tables/azure-tables-codec.ts';

const entity = (properties: string) =>
  `{"odata.etag":"W/\\"1\\"","PartitionKey":"p","RowKey":"r",${properties}}`;

function read(properties: string): Readonly<Record<string, Value>> {
  return decodeEntity(parseBody(entity(properties)) as Entity, { seesReserved: true }).properties;
}

test.each([
  ['1.0', { type: 'double', value: 1 }],
  ['1', { type: 'int32', value: 1 }],
  ['-2147483648', { type: 'int32', value: -(2 ** 31) }],
  ['3000000000', { type: 'double', value: 3e9 }],
  ['1E+21', { type: 'double', value: 1e21 }],
  ['-0.0', { type: 'double', value: -0 }],
  ['4.9e-324', { type: 'double', value: Number.MIN_VALUE }],
] as const)('the number %s is told by its text', (text, value) => {
  expect(read(`"n":${text}`)['n']).toEqual(value);
});

test.each(['{\\"n\\":1.0}', '\\\\\\":2.5,', '":1.0', 'a\\\\'])(
  'no number is seen within the text %s',
  (escaped) => {
    const text = escaped.startsWith('":') ? '\\":1.0' : escaped;
    expect(read(`"t":"${text}","n":1.0`)).toEqual({
      t: { type: 'string', value: JSON.parse(`"${text}"`) },
      n: { type: 'double', value: 1 },
    });
  },
);

test.each([
  ['2012-02-18T00:00:00Z', '2012-02-18T00:00:00.0000000Z'],
  ['2012-02-18T00:00:00.1Z', '2012-02-18T00:00:00.1000000Z'],
  ['2012-02-18T00:00:00.1234567Z', '2012-02-18T00:00:00.1234567Z'],
])('the instant %s has seven digits', (text, value) => {
  expect(read(`"t@odata.type":"Edm.DateTime","t":"${text}"`)['t']).toEqual({ type: 'datetime', value });
});

test('every number is written so that it says its type', () => {
  const written = encodeRow({
    partitionKey: 'p',
    rowKey: 'r',
    properties: {
      d: { type: 'double', value: 1 },
      n: { type: 'double', value: Number.NaN },
      i: { type: 'int32', value: 1 },
      l: { type: 'int64', value: 2n ** 53n + 1n },
    },
  });
  expect(written).toBe(
    '{"PartitionKey":"p","RowKey":"r","d@odata.type":"Edm.Double","d":1.0,"n@odata.type":"Edm.Double","n":"NaN",' +
      '"i":1,"l@odata.type":"Edm.Int64","l":"9007199254740993"}',
  );
});

test('a value that cannot be read is TABLE_CORRUPT, and not skipped', () => {
  expect(() => read('"t@odata.type":"Edm.DateTime","t":"yesterday"')).toThrow(/property "t"/);
  expect(() => read('"t":{"a":1}')).toThrow(/property "t"/);
});
