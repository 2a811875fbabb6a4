import assert from 'node:assert/strict';
import {
  decodeProperties,
  encodeProperties,
  type Properties,
  sameProperties,
  sameValue,
} from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { properties, propertyNames, values } from './arbitraries.ts';

describe('the encoding of properties', () => {
  test('decodes to the very same, bit for bit', () => {
    fc.assert(
      fc.property(properties(), (some) =>
        assert.ok(sameProperties(decodeProperties(encodeProperties(some)), some)),
      ),
      { numRuns: 1000 },
    );
  });

  test('is equal for equal properties, in whatever order the names come', () => {
    fc.assert(
      fc.property(properties(), (some) => {
        const reversed = Object.fromEntries(Object.entries(some).toReversed());
        assert.equal(encodeProperties(reversed), encodeProperties(some));
      }),
    );
  });

  test('is unequal for unequal values', () => {
    fc.assert(
      fc.property(values(), values(), (a, b) => {
        assert.equal(encodeProperties({ p: a }) === encodeProperties({ p: b }), sameValue(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  test('is unequal for unequal names', () => {
    fc.assert(
      fc.property(propertyNames(), propertyNames(), values(), (a, b, value) => {
        assert.equal(encodeProperties({ [a]: value }) === encodeProperties({ [b]: value }), a === b);
      }),
    );
  });

  test('tells apart what only the type or a bit tells apart', () => {
    const lookAlikes: Properties = {
      string: { type: 'string', value: '5' },
      int32: { type: 'int32', value: 5 },
      int64: { type: 'int64', value: 5n },
      double: { type: 'double', value: 5 },
      decimal: { type: 'decimal', value: '5' },
      scaled: { type: 'decimal', value: '5.0' },
      json: { type: 'json', value: '5' },
      zero: { type: 'double', value: 0 },
      minusZero: { type: 'double', value: -0 },
      nan: { type: 'double', value: NaN },
      nanText: { type: 'string', value: 'NaN' },
      taggedText: { type: 'string', value: '{"i":5}' },
    };
    const encodings = Object.values(lookAlikes).map((value) => encodeProperties({ p: value }));
    expect(new Set(encodings).size).toBe(encodings.length);
  });

  // Tables on disk hold these texts: a change here is a change of format.
  test('is fixed to the letter', () => {
    const some: Properties = {
      s: { type: 'string', value: 'a"\0' },
      '10': { type: 'boolean', value: true },
      '9': { type: 'int32', value: -5 },
      l: { type: 'int64', value: 2n ** 63n - 1n },
      d: { type: 'double', value: 1e21 },
      z: { type: 'double', value: -0 },
      m: { type: 'decimal', value: '1.50' },
      t: { type: 'datetime', value: '2012-02-18T00:00:00.0000000Z' },
      g: { type: 'guid', value: '00000000-0000-0000-0000-00000000000a' },
      b: { type: 'binary', value: Uint8Array.of(255, 0) },
      j: { type: 'json', value: '{"a": 1}' },
    };
    expect(encodeProperties(some)).toBe(
      '{"10":true,"9":{"i":-5},"b":{"b":"/wA="},"d":1e+21,"g":{"g":"00000000-0000-0000-0000-00000000000a"},' +
        '"j":{"j":"{\\"a\\": 1}"},"l":{"l":"9223372036854775807"},"m":{"m":"1.50"},"s":"a\\"\\u0000",' +
        '"t":{"t":"2012-02-18T00:00:00.0000000Z"},"z":{"d":"-0"}}',
    );
  });
});

describe('a text that is no encoding is called corrupt', () => {
  test.each([
    '',
    'null',
    '[]',
    '5',
    '{"a":',
    '{"a":null}',
    '{"a":[]}',
    '{"a":{}}',
    '{"a":1e999}',
    '{"a":{"x":"5"}}',
    '{"a":{"i":"5"}}',
    '{"a":{"i":1.5}}',
    '{"a":{"i":2147483648}}',
    '{"a":{"i":5,"l":"5"}}',
    '{"a":{"l":5}}',
    '{"a":{"l":"x"}}',
    '{"a":{"l":""}}',
    '{"a":{"l":"0x10"}}',
    '{"a":{"l":"007"}}',
    '{"a":{"l":"-0"}}',
    '{"a":{"l":"9223372036854775808"}}',
    '{"a":{"d":"5"}}',
    '{"a":{"d":"x"}}',
    '{"a":{"m":"1e3"}}',
    '{"a":{"t":"2012-02-18"}}',
    '{"a":{"g":"x"}}',
    '{"a":{"b":"!"}}',
    '{"a":{"b":"/wA"}}',
    '{"a":{"j":"{"}}',
  ])('%s', (text) => {
    expect(() => decodeProperties(text)).toThrow(
      expect.objectContaining({ code: 'TABLE_CORRUPT', effect: 'none' }),
    );
  });
});
