import assert from 'node:assert/strict';
import { type Filter, parseFilter, printFilter, type Value } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filters } from './arbitraries.ts';

describe('the text of a filter', () => {
  test('parses to the same filter', () => {
    fc.assert(
      fc.property(filters(), (filter) => assert.deepStrictEqual(parseFilter(printFilter(filter)), filter)),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a  eq\n1', 'a eq 1'],
    ['((a eq 1)) and (b eq 1 or (c eq 1))', 'a eq 1 and (b eq 1 or c eq 1)'],
    ['(a eq 1 and b eq 1) or c eq 1', 'a eq 1 and b eq 1 or c eq 1'],
    ['a eq 1 or (b eq 1 or c eq 1)', 'a eq 1 or (b eq 1 or c eq 1)'],
    ['not not a eq 1', 'not (not (a eq 1))'],
    ['"a" eq 1', 'a eq 1'],
    ['"my col" eq 1', '"my col" eq 1'],
    ['"x""y" eq 1', '"x""y" eq 1'],
    ['"RowKey" eq 1', '"RowKey" eq 1'],
    ['"and" eq 1', '"and" eq 1'],
    ['é eq 1', '"é" eq 1'],
    ["RowKey eq 'it''s'", "RowKey eq 'it''s'"],
    ['a eq 007L', 'a eq 7L'],
    ['a eq 1E3', 'a eq 1000.0'],
    ['a eq -0.0', 'a eq -0.0'],
    ['a eq 1e21', 'a eq 1e+21'],
    ['a eq -INF', 'a eq -INF'],
    ['a eq 1.50M', 'a eq 1.50M'],
    ["a eq datetime'2012-02-18'", "a eq datetime'2012-02-18T00:00:00.0000000Z'"],
    ["a eq guid'C0FFEE00-0000-0000-0000-00000000000A'", "a eq guid'c0ffee00-0000-0000-0000-00000000000a'"],
    ["a eq binary'0AFF'", "a eq X'0aff'"],
  ])('is canonical: %j prints as %j', (text, canonical) => {
    expect(printFilter(parseFilter(text))).toBe(canonical);
  });

  test('of the deepest filter that parses still parses', () => {
    const deepest = `${'not (a eq 1 and b eq 1 or '.repeat(200)}c eq 1${')'.repeat(200)}`;
    const filter = parseFilter(deepest);
    expect(parseFilter(printFilter(filter))).toEqual(filter);
  });
});

describe('a tree that no text means is refused:', () => {
  const one: Filter = comparison({ type: 'int32', value: 1 });

  test.each<[string, Filter]>([
    ['and of one operand', { kind: 'and', operands: [one] }],
    ['or of no operand', { kind: 'or', operands: [] }],
    ['a JSON document', comparison({ type: 'json', value: '1' })],
    ['an invalid value', comparison({ type: 'int32', value: 0.5 })],
    ['an empty name', { ...one, subject: { kind: 'property', name: '' } } as Filter],
    ['an ill-formed name', { ...one, subject: { kind: 'property', name: '\ud800' } } as Filter],
    ['a key compared with a number', { ...one, subject: { kind: 'rowKey' } } as Filter],
    ['an unknown operator', { ...one, operator: '=' as 'eq' } as Filter],
    ['a chain of not beyond 200', nested(201)],
    ['a chain of not that would exhaust the stack', nested(100_000)],
  ])('%s', (_claim, filter) => {
    expect(() => printFilter(filter)).toThrow(
      expect.objectContaining({ code: 'TABLE_FILTER_INVALID', effect: 'none' }),
    );
  });

  test('but a chain of not of 200 is fine', () => {
    expect(parseFilter(printFilter(nested(200)))).toEqual(nested(200));
  });

  function nested(levels: number): Filter {
    let filter = one;
    for (let level = 0; level < levels; level += 1) filter = { kind: 'not', operand: filter };
    return filter;
  }
});

function comparison(value: Value): Filter {
  return { kind: 'comparison', subject: { kind: 'property', name: 'a' }, operator: 'eq', value };
}
