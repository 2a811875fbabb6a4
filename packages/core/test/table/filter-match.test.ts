import assert from 'node:assert/strict';
import {
  type Comparison,
  type ComparisonOperator,
  compareValues,
  matchesFilter,
  type Properties,
  parseFilter,
  propertiesOf,
} from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { comparisons, filters, LITERAL_TYPES, rows, values } from './arbitraries.ts';

const PROPERTIES: Properties = {
  name: { type: 'string', value: 'Zürich' },
  open: { type: 'boolean', value: true },
  n: { type: 'int32', value: 5 },
  big: { type: 'int64', value: 2n ** 53n + 1n },
  x: { type: 'double', value: 0.1 },
  zero: { type: 'double', value: -0 },
  nan: { type: 'double', value: NaN },
  price: { type: 'decimal', value: '1.50' },
  at: { type: 'datetime', value: '2012-02-18T03:04:05.1234567Z' },
  id: { type: 'guid', value: '00000000-0000-0000-0000-00000000000a' },
  hash: { type: 'binary', value: Uint8Array.of(1, 255) },
  doc: { type: 'json', value: '5' },
};

describe('a row matches', () => {
  test.each([
    "PartitionKey eq 'CH' and RowKey eq '8001'",
    "RowKey gt '8' and RowKey lt '9'",
    "name eq 'Zürich' and name gt 'Zurich'",
    'open eq true and open gt false and open ne false',
    'n eq 5 and n eq 5L and n eq 5.0 and n eq 5.00M and n ge 5 and n le 5 and n lt 5.0000001M',
    'big ne 9007199254740992.0 and big gt 9007199254740992.0 and big eq 9007199254740993L',
    'x ne 0.1M and x gt 0.1M and x eq 0.1',
    'zero eq 0 and zero eq 0.0 and zero ge 0L',
    'nan ne 5 and nan ne NaN and nan ne 1.5M and n ne NaN and nan ne INF',
    'price eq 1.5 and price eq 1.5M and price lt INF and price gt -INF',
    "at gt datetime'2012-02-18' and at lt datetime'2012-02-18T03:04:05.1234568Z'",
    "id eq guid'00000000-0000-0000-0000-00000000000A'",
    "hash gt X'01' and hash lt X'02' and hash eq X'01ff'",
    "n eq 6 or name eq 'Zürich'",
    'not (n eq 6)',
    'not (constructor eq 5) and not (absent ne 5)',
  ])('%s', (text) => {
    expect(matches(text)).toBe(true);
  });
});

describe('a row does not match', () => {
  test.each([
    "PartitionKey eq 'ch'",
    'n eq 6',
    "name lt 'Zurich'",
    'n gt 5',
    'n lt 5',
    'nan eq NaN or nan lt 5 or nan ge 5 or nan gt NaN or nan le INF or n le NaN',
    'absent eq 5 or absent ne 5 or absent lt 5 or absent ge 5',
    'constructor ne 5 or toString ne 5 or __proto__ ne 5',
    "n eq '5' or n ne '5' or n lt '6'",
    "name ne 5 or nan ne 'NaN' or open ne 'true' or open ne 1",
    "at eq '2012-02-18T03:04:05.1234567Z' or at ne 'x' or id ne 'x' or hash ne 'x'",
    "doc eq 5 or doc ne 5 or doc ne '5' or doc ge '5'",
    'not (n eq 5)',
    "n eq 5 and name eq 'x'",
  ])('%s', (text) => {
    expect(matches(text)).toBe(false);
  });
});

describe('for every row and filter', () => {
  test('not is the opposite, absent and unlike properties included', () => {
    fc.assert(
      fc.property(filters(), rows(), (filter, row) => {
        assert.notEqual(matchesFilter({ kind: 'not', operand: filter }, row), matchesFilter(filter, row));
      }),
    );
  });

  test('and is all, or is any', () => {
    fc.assert(
      fc.property(comparisons(), comparisons(), rows(), (a, b, row) => {
        const [left, right] = [matchesFilter(a, row), matchesFilter(b, row)];
        assert.equal(matchesFilter({ kind: 'and', operands: [a, b] }, row), left && right);
        assert.equal(matchesFilter({ kind: 'or', operands: [a, b] }, row), left || right);
      }),
    );
  });

  test('values that cannot be compared satisfy no operator, others exactly one of lt, eq, gt or NaN alone ne', () => {
    fc.assert(
      fc.property(values(), values(LITERAL_TYPES), (actual, value) => {
        const satisfied = OPERATORS.filter((operator) => {
          const comparison: Comparison = {
            kind: 'comparison',
            subject: { kind: 'property', name: 'p' },
            operator,
            value,
          };
          return matchesFilter(comparison, { partitionKey: '', rowKey: '', properties: { p: actual } });
        });
        assert.deepEqual(satisfied, operatorsOf(compareValues(actual, value)));
      }),
      { numRuns: 1000 },
    );
  });
});

test('the properties that a filter looks at are each named once', () => {
  const filter = parseFilter('a eq 1 and not (b eq 2 or a eq 3) and RowKey eq \'x\' and "RowKey" eq 1');
  expect([...propertiesOf(filter)]).toEqual(['a', 'b', 'RowKey']);
});

test('a filter of the greatest depth can be evaluated', () => {
  const text = `${'not (n eq 6 or n eq 5 and '.repeat(200)}n eq 5${')'.repeat(200)}`;
  expect(matches(text)).toBe(true);
});

const OPERATORS: readonly ComparisonOperator[] = ['lt', 'le', 'eq', 'ge', 'gt', 'ne'];

function operatorsOf(order: number | undefined): readonly ComparisonOperator[] {
  if (order === undefined) return [];
  if (Number.isNaN(order)) return ['ne'];
  if (order === 0) return ['le', 'eq', 'ge'];
  return order < 0 ? ['lt', 'le', 'ne'] : ['ge', 'gt', 'ne'];
}

function matches(text: string): boolean {
  return matchesFilter(parseFilter(text), { partitionKey: 'CH', rowKey: '8001', properties: PROPERTIES });
}
