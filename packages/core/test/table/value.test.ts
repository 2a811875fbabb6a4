import assert from 'node:assert/strict';
import {
  formatValue,
  problemOfValue,
  propertyOf,
  sameProperties,
  sameValue,
  type Value,
} from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { properties, values } from './arbitraries.ts';

describe('a value', () => {
  test('of every type at every extreme has no problem', () => {
    fc.assert(fc.property(values(), (value) => assert.equal(problemOfValue(value), undefined)));
  });

  test.each([
    ['string', '\ud800', 'is not well-formed Unicode text'],
    ['string', 5, 'is not well-formed Unicode text'],
    ['boolean', 1, 'is not a boolean'],
    ['int32', 2 ** 31, 'is out of the range of int32'],
    ['int32', -(2 ** 31) - 1, 'is out of the range of int32'],
    ['int32', 0.5, 'is out of the range of int32'],
    ['int32', -0, 'is out of the range of int32'],
    ['int32', NaN, 'is out of the range of int32'],
    ['int32', '5', 'is out of the range of int32'],
    ['int64', 2n ** 63n, 'is out of the range of int64'],
    ['int64', -(2n ** 63n) - 1n, 'is out of the range of int64'],
    ['int64', 5, 'is out of the range of int64'],
    ['double', 5n, 'is not a number'],
    ['double', '5', 'is not a number'],
    ['decimal', '-0', 'is not canonical decimal text'],
    ['decimal', '-0.00', 'is not canonical decimal text'],
    ['decimal', '01', 'is not canonical decimal text'],
    ['decimal', '.5', 'is not canonical decimal text'],
    ['decimal', '5.', 'is not canonical decimal text'],
    ['decimal', '+5', 'is not canonical decimal text'],
    ['decimal', '1e3', 'is not canonical decimal text'],
    ['decimal', '5\n', 'is not canonical decimal text'],
    ['decimal', 1.5, 'is not canonical decimal text'],
    ['datetime', '2012-02-18', 'is not a canonical datetime'],
    ['datetime', '2012-02-18T00:00:00Z', 'is not a canonical datetime'],
    ['datetime', '0000-01-01T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2011-02-29T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '1900-02-29T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2012-04-31T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2012-13-01T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2012-00-01T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2012-01-00T00:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2012-01-01T24:00:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2012-01-01T00:60:00.0000000Z', 'is not a canonical datetime'],
    ['datetime', '2016-12-31T23:59:60.0000000Z', 'is not a canonical datetime'],
    ['datetime', new Date(0), 'is not a canonical datetime'],
    ['guid', 'FFFFFFFF-ffff-ffff-ffff-ffffffffffff', 'is not a lower-case guid'],
    ['guid', 'ffffffffffffffffffffffffffffffff', 'is not a lower-case guid'],
    ['guid', ['ffffffff-ffff-ffff-ffff-ffffffffffff'], 'is not a lower-case guid'],
    ['binary', [1, 2], 'is not binary'],
    ['binary', 'AQI=', 'is not binary'],
    ['json', '{', 'is not JSON text'],
    ['json', '', 'is not JSON text'],
    ['json', { a: 1 }, 'is not JSON text'],
    ['null', null, 'has the unknown type "null"'],
    [undefined, 'x', 'has the unknown type undefined'],
  ])('of type %s that holds %o %3$s', (type, value, problem) => {
    expect(problemOfValue({ type, value } as Value)).toBe(problem);
  });

  test.each([null, undefined, 'text', 5])('that is not even typed is refused: %o', (value) => {
    expect(problemOfValue(value as unknown as Value)).toBe('is not a typed value');
  });

  test.each<[Value, Value]>([
    [
      { type: 'double', value: 0 },
      { type: 'double', value: -0 },
    ],
    [
      { type: 'double', value: 1 },
      { type: 'int32', value: 1 },
    ],
    [
      { type: 'int32', value: 1 },
      { type: 'int64', value: 1n },
    ],
    [
      { type: 'decimal', value: '1.0' },
      { type: 'decimal', value: '1.00' },
    ],
    [
      { type: 'json', value: '[1]' },
      { type: 'json', value: '[ 1 ]' },
    ],
    [
      { type: 'binary', value: Uint8Array.of(1, 2) },
      { type: 'binary', value: Uint8Array.of(1) },
    ],
    [
      { type: 'binary', value: Uint8Array.of(1) },
      { type: 'binary', value: Uint8Array.of(2) },
    ],
    [
      { type: 'string', value: 'é' },
      { type: 'string', value: 'e\u0301' },
    ],
  ])('that differs in any bit is another: %o, %o', (a, b) => {
    expect(sameValue(a, b)).toBe(false);
  });

  test('equals a copy of itself, NaN too', () => {
    fc.assert(fc.property(values(), (value) => assert.ok(sameValue(value, structuredClone(value)))));
  });

  test('is shown to people with its type, and with the sign of zero', () => {
    expect(formatValue({ type: 'double', value: -0 })).toBe('double -0');
    expect(formatValue({ type: 'int64', value: 5n })).toBe('int64 5');
    expect(formatValue({ type: 'string', value: 'a"b' })).toBe('string "a\\"b"');
    expect(formatValue({ type: 'binary', value: Uint8Array.of(1, 2) })).toBe('binary of 2 bytes');
  });
});

describe('properties', () => {
  test('are the same in whatever order the names come', () => {
    fc.assert(
      fc.property(properties(), (some) => {
        assert.ok(sameProperties(some, Object.fromEntries(Object.entries(some).toReversed())));
      }),
    );
  });

  test('differ from those with one name fewer, whichever side has it', () => {
    const one = { a: { type: 'int32', value: 1 } } as const;
    expect(sameProperties(one, {})).toBe(false);
    expect(sameProperties({}, one)).toBe(false);
  });

  test('differ if the names do, even where the other name is inherited by every object', () => {
    const value = { type: 'int32', value: 1 } as const;
    expect(sameProperties({ constructor: value }, { a: value })).toBe(false);
  });

  test('do not have what every object inherits', () => {
    expect(propertyOf({}, 'constructor')).toBeUndefined();
  });
});
