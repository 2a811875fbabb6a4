import assert from 'node:assert/strict';
import { checkKeyText, formatKey, isWellFormed, keyOf, sameKey } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keys, texts } from './arbitraries.ts';

describe('a key', () => {
  test('may be any well-formed text', () => {
    fc.assert(fc.property(texts(), (text) => checkKeyText('row key', text)));
  });

  test.each(['\ud800', '\udc00', 'a\ud800b', '\udc00\ud800', '\ud800\ud800\udc00', '\ud800\udc00\udc00'])(
    'with a lone surrogate is refused: %j',
    (text) => {
      expect(() => checkKeyText('row key', text)).toThrow(
        expect.objectContaining({
          code: 'TABLE_KEY_INVALID',
          effect: 'none',
          details: { role: 'row key', text },
        }),
      );
    },
  );

  test.each([undefined, null, 5, {}])('that is no string is refused: %j', (text) => {
    expect(() => checkKeyText('partition key', text)).toThrow(
      expect.objectContaining({ code: 'TABLE_KEY_INVALID', effect: 'none' }),
    );
  });

  test('equals itself and no other', () => {
    fc.assert(
      fc.property(keys(), keys(), (a, b) => {
        assert.ok(sameKey(a, { ...a }));
        assert.equal(sameKey(a, b), JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('equals another only if both parts are equal', () => {
    expect(sameKey({ partitionKey: 'a', rowKey: 'b' }, { partitionKey: 'a', rowKey: 'c' })).toBe(false);
    expect(sameKey({ partitionKey: 'a', rowKey: 'b' }, { partitionKey: 'c', rowKey: 'b' })).toBe(false);
  });

  test('is taken bare from a row', () => {
    const row = { partitionKey: 'a', rowKey: 'b', properties: {} };
    expect(keyOf(row)).toEqual({ partitionKey: 'a', rowKey: 'b' });
  });

  test('shows control characters and quotes in messages', () => {
    expect(formatKey({ partitionKey: 'F\0R', rowKey: 'x"7' })).toBe('"F\\u0000R"/"x\\"7"');
  });
});

test('text is well-formed exactly if UTF-8 can carry it', () => {
  const unit = fc.constantFrom('a', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000');
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      assert.equal(isWellFormed(text), Buffer.from(text).toString() === text);
    }),
  );
});
