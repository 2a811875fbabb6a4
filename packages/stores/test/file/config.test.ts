import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileFormat, parseFilePlace } from '../../src/file/index.ts';

const CWD = resolve('/data');

function parse(text: string, format?: FileFormat) {
  return parseFilePlace(text, { cwd: CWD, ...(format ? { format } : {}) });
}

test.each<[string, FileFormat | undefined, string | undefined, FileFormat]>([
  ['orders.ndjson', undefined, 'orders.ndjson', 'ndjson'],
  ['file:orders.csv', undefined, 'orders.csv', 'csv'],
  ['FILE:Orders.CSV', undefined, 'Orders.CSV', 'csv'],
  ['file:a%23b.csv', undefined, 'a#b.csv', 'csv'],
  ['a#b?.csv', undefined, 'a#b?.csv', 'csv'],
  ['file:orders.txt', 'csv', 'orders.txt', 'csv'],
  ['orders.csv', 'ndjson', 'orders.csv', 'ndjson'],
  ['file:-', 'csv', undefined, 'csv'],
  ['-', 'ndjson', undefined, 'ndjson'],
])('%s with --format %s is a place', (text, given, name, format) => {
  const { path, format: found } = parse(text, given);
  expect({ path, format: found }).toEqual({
    path: name === undefined ? undefined : resolve(CWD, name),
    format,
  });
});

describe('what is no place says what to write instead', () => {
  test.each([
    ['orders', 'STORE_URL_INVALID', '--format ndjson'],
    ['file:-', 'STORE_URL_INVALID', '--format ndjson'],
    ['', 'STORE_URL_INVALID', 'file:-'],
    ['file:', 'STORE_URL_INVALID', undefined],
    ['sqlite:app.db#orders', 'STORE_URL_INVALID', 'file:sqlite:app.db#orders'],
    ['file:orders.csv#orders', 'STORE_URL_INVALID', '%23'],
    ['file:orders.csv?format=csv', 'STORE_PARAMETER_UNKNOWN', '--format'],
    ['file://host/orders.csv', 'STORE_URL_INVALID', 'file:host/orders.csv'],
  ])('%j', (text, code, hint) => {
    const matching = {
      code,
      ...(hint === undefined ? {} : { hint: expect.stringContaining(hint) as string }),
    };
    expect(() => parse(text)).toThrow(expect.objectContaining(matching));
  });
});

test('a password in a URL that stands where a file belongs is not repeated', () => {
  expect(() => parse('postgres://user:hunter2@host/db')).toThrow(
    expect.objectContaining({
      code: 'STORE_SECRET_IN_URL',
      message: expect.not.stringContaining('hunter2') as string,
    }),
  );
});
