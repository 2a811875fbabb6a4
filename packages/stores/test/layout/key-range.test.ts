import assert from 'node:assert/strict';
import { compareKeys, type Filter, matchesFilter, type RowKey } from 'changeover/table';
import fc from 'fast-check';
import { test } from 'vitest';
import { type KeyRange, keyAfter, rangeOfPartition, rangeOfScan } from '../../src/layout/key-range.ts';

/** Few texts, so that keys and bounds often meet, with the neighbours that NUL makes. */
const text = fc.constantFrom('', '\0', 'a', 'a\0', 'a\0\0', 'b', '\uffff', '😀');
const key: fc.Arbitrary<RowKey> = fc.record({ partitionKey: text, rowKey: text });

const comparison: fc.Arbitrary<Filter> = fc.record({
  kind: fc.constant('comparison' as const),
  subject: fc.constantFrom({ kind: 'partitionKey' } as const, { kind: 'rowKey' } as const),
  operator: fc.constantFrom(
    'eq' as const,
    'ne' as const,
    'gt' as const,
    'ge' as const,
    'lt' as const,
    'le' as const,
  ),
  value: fc.record({ type: fc.constant('string' as const), value: text }),
});
const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('filter'), { minLength: 2, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }),
  ),
})).filter;

test('no row that a scan must give lies outside its range', () => {
  const bound = fc.option(key, { nil: undefined });
  fc.assert(
    fc.property(key, bound, bound, filter, (row, after, through, condition) => {
      const asked = (!after || compareKeys(row, after) > 0) && (!through || compareKeys(row, through) <= 0);
      if (!asked || !matchesFilter(condition, { ...row, properties: {} })) return;
      assert.ok(contains(rangeOfScan({ after, through, filter: condition }), row));
    }),
    { numRuns: 5000 },
  );
});

test('the range of a scan without a filter is just what was asked for', () => {
  const bound = fc.option(key, { nil: undefined });
  fc.assert(
    fc.property(key, bound, bound, (row, after, through) => {
      const asked = (!after || compareKeys(row, after) > 0) && (!through || compareKeys(row, through) <= 0);
      assert.equal(contains(rangeOfScan({ after, through }), row), asked);
    }),
    { numRuns: 2000 },
  );
});

test('the range of a partition holds its rows and no others', () => {
  fc.assert(
    fc.property(text, key, (partition, row) => {
      assert.equal(contains(rangeOfPartition(partition, undefined), row), row.partitionKey === partition);
    }),
  );
});

test('no key lies between a key and the one after it', () => {
  fc.assert(
    fc.property(key, key, (one, other) => {
      assert.equal(compareKeys(one, keyAfter(one)) < 0, true);
      assert.ok(!(compareKeys(other, one) > 0 && compareKeys(other, keyAfter(one)) < 0));
    }),
  );
});

function contains({ from, until }: KeyRange, row: RowKey): boolean {
  return compareKeys(row, from) >= 0 && (!until || compareKeys(row, until) < 0);
}
