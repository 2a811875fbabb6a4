import { sameValue, type Value, valueFromJson, valueToJson } from 'changeover/table';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { values } from './arbitraries.ts';

test.each<[Value, string | number | boolean]>([
  [{ type: 'string', value: 'a\0' }, 'a\0'],
  [{ type: 'boolean', value: false }, false],
  [{ type: 'int32', value: 5 }, 5],
  [{ type: 'int64', value: 2n ** 53n + 1n }, '9007199254740993'],
  [{ type: 'double', value: 0.1 }, 0.1],
  [{ type: 'double', value: -0 }, '-0'],
  [{ type: 'double', value: NaN }, 'NaN'],
  [{ type: 'double', value: -Infinity }, '-Infinity'],
  [{ type: 'decimal', value: '1.50' }, '1.50'],
  [{ type: 'binary', value: Uint8Array.of(255, 0) }, '/wA='],
])('a report loses nothing of %o', (value, expected) => {
  expect(JSON.parse(JSON.stringify(valueToJson(value)))).toEqual({ type: value.type, value: expected });
});

test('every value comes back from JSON text to the bit', () => {
  fc.assert(
    fc.property(values(), (value) => {
      const text = JSON.stringify(valueToJson(value));
      return sameValue(valueFromJson('p', JSON.parse(text) as { type: unknown; value: unknown }), value);
    }),
  );
});

test.each([
  ['int', 5, 'has the unknown type "int"'],
  [undefined, 5, 'has the unknown type undefined'],
  ['constructor', 5, 'has the unknown type'],
  ['string', 5, 'is no string: expected well-formed text, found 5'],
  ['string', '\ud800', 'is no string'],
  ['boolean', 'true', 'is no boolean'],
  ['int32', '5', 'is no int32'],
  ['int32', 2 ** 31, 'is no int32'],
  ['int32', 1.5, 'is no int32'],
  ['int64', 5, 'is no int64'],
  ['int64', '007', 'is no int64'],
  ['int64', '-0', 'is no int64'],
  ['int64', '9223372036854775808', 'is no int64'],
  ['double', '1.5', 'is no double'],
  ['double', Infinity, 'is no double'],
  ['double', 'inf', 'is no double'],
  ['decimal', 1.5, 'is no decimal'],
  ['decimal', '01.5', 'is no decimal'],
  ['datetime', '2012-02-30T00:00:00.0000000Z', 'is no datetime'],
  ['guid', '0EC6F5D0-9A4B-4F1C-8F6B-3F1F6A0D2C11', 'is no guid'],
  ['binary', '/w', 'is no binary'],
  ['binary', '_w==', 'is no binary'],
  ['binary', 5, 'is no binary'],
  ['json', '{', 'is no json'],
  ['json', null, 'is no json'],
])('the type %j with the value %j is refused by the name of its property', (type, value, reason) => {
  expect(() => valueFromJson('p', { type, value })).toThrow(
    expect.objectContaining({
      code: 'TABLE_VALUE_INVALID',
      message: expect.stringContaining(`property "p" ${reason}`) as string,
    }),
  );
});
