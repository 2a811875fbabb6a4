import { type Value, valueToJson } from 'changeover/table';
import { expect, test } from 'vitest';

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
