import { parseFilter } from 'changeover/table';
import { expect, test } from 'vitest';
import { namedKeys } from '../../src/layout/named-keys.ts';

test('A filter that is a list of row keys names them, each once and in the order of the contract', () => {
  expect(namedKeys(parseFilter("RowKey eq 'b'"))).toEqual(['b']);
  const text =
    "RowKey eq 'b' or (RowKey eq 'a' or RowKey eq '\u{10000}') or RowKey eq '\uE000' or RowKey eq 'b'";
  expect(namedKeys(parseFilter(text))).toEqual(['a', 'b', '\uE000', '\u{10000}']);
});

test.each([
  "RowKey eq 'a' or name eq 'b'",
  "RowKey eq 'a' and RowKey eq 'b'",
  "RowKey ge 'a'",
  "not (RowKey eq 'a')",
  "PartitionKey eq 'a'",
  "RowKey eq 'a' or PartitionKey eq 'b'",
])('Others may satisfy %s, or fewer', (text) => {
  expect(namedKeys(parseFilter(text))).toBeUndefined();
});

test('Without a filter nothing is named', () => {
  expect(namedKeys(undefined)).toBeUndefined();
});
