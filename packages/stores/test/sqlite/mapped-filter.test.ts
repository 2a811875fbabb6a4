import assert from 'node:assert/strict';
import {
  compareKeys,
  type Filter,
  keyOf,
  matchesFilter,
  parseFilter,
  type Row,
  type RowKey,
  type Table,
} from 'changeover/table';
import fc, { type Arbitrary } from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { comparisons, values } from '../../../core/test/table/arbitraries.ts';
import { mappedFile } from './mapped-fixture.ts';

const NAMES = ['n', 'r', 't', 'b', 'any', 'num', 'nc', 'flag', 'at'];
const DDL = `create table rows (
  p TEXT NOT NULL, k INTEGER NOT NULL, n INTEGER, r REAL, t TEXT, b BLOB, "any", num NUMERIC, nc TEXT COLLATE NOCASE,
  flag BOOLEAN, at DATETIME, PRIMARY KEY (p, k)
)`;

/** Every storage class in every column that lets it be, and NULLs. Columns with a type hold what fits it. */
const STORED = [null, 0n, 1n, -1n, 5n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)].concat(
  [0, -0, 0.5, 5, 1e300, Infinity, -Infinity, 2 ** 53, 2 ** 63] as never[],
  ['', 'a', 'A', '5', 'b', '\ue000', '😀', 'a\0'] as never[],
  [Buffer.alloc(0), Buffer.from('a'), Buffer.from([255])] as never[],
);

let table: Table;
let rows: readonly Row[];

beforeEach(async () => {
  const file = await mappedFile(DDL);
  const insert = file.application.prepare(`insert into rows values (${Array(11).fill('?').join(', ')})`);
  STORED.forEach((stored, index) => {
    const others = NAMES.slice(0, 7).map(
      (_, column) => STORED[(index * (column + 3) + column) % STORED.length],
    );
    const at = index % 2 === 0 ? `2012-02-18T00:00:00.00000${10 + index}Z` : null;
    insert.run(index < 9 ? 'a' : 'b!', BigInt(index - 9), ...others, BigInt(index % 2), at);
    insert.run('c', BigInt(index), ...others.map(() => stored), null, null);
  });
  table = await file.openTable('rows', { partitionKey: 'p', rowKey: 'k', types: 'flag:boolean,at:datetime' });
  rows = (await table.scan()).rows;
});

test('a filter finds in SQL what it finds in memory', async () => {
  await fc.assert(
    fc.asyncProperty(filters(), async (filter) => {
      const expected = rows.filter((row) => matchesFilter(filter, row)).map(keyOf);
      expect(await keysOf(filter)).toEqual(expected);
    }),
    { numRuns: 1_500 },
  );
});

test('a filter finds in a query what it finds in memory', async () => {
  await fc.assert(
    fc.asyncProperty(filters(), async (filter) => {
      const expected = rows.filter((row) => row.partitionKey === 'c' && matchesFilter(filter, row));
      expect((await table.query('c', { filter })).map(keyOf)).toEqual(expected.map(keyOf));
    }),
    { numRuns: 300 },
  );
});

test('a filter that is too long for SQL still filters', async () => {
  const operands = Array.from({ length: 2_000 }, (_, index) => parseFilter(`n eq ${index}L`));
  const found = await keysOf({ kind: 'or', operands });
  const expected = rows.filter((row) => matchesFilter({ kind: 'or', operands }, row));
  expect(found).toEqual(expected.map(keyOf));
  assert.notEqual(found.length, 0);
});

test('a property without a column is refused, with the columns that there are', async () => {
  await expect(table.scan({ filter: parseFilter('nn eq 5') })).rejects.toMatchObject({
    code: 'TABLE_FILTER_INVALID',
    effect: 'none',
    message: expect.stringContaining('n, r, t, b'),
  });
});

test('a key column by its own name is refused, with the name that filters use', async () => {
  await expect(table.scan({ filter: parseFilter('k eq 5') })).rejects.toMatchObject({
    code: 'TABLE_FILTER_INVALID',
    hint: expect.stringContaining('RowKey'),
  });
});

async function keysOf(filter: Filter): Promise<readonly RowKey[]> {
  const found: RowKey[] = [];
  for (
    let page = await table.scan({ filter });
    ;
    page = await table.scan({ filter, after: page.continuation })
  ) {
    found.push(...page.rows.map(keyOf));
    if (!page.continuation) return found.toSorted(compareKeys);
  }
}

function filters(): Arbitrary<Filter> {
  const literals = fc.oneof(
    values(['string', 'boolean', 'int32', 'int64', 'double', 'decimal', 'datetime', 'guid', 'binary']),
    fc
      .constantFrom(...STORED.filter((stored) => typeof stored === 'bigint'))
      .map((value) => ({ type: 'int64' as const, value })),
    fc
      .constantFrom(0, 0.5, 5, Number.NaN, Infinity, 2 ** 53, 2 ** 63)
      .map((value) => ({ type: 'double' as const, value })),
    fc.constantFrom('', 'a', 'A', '5', '\ue000', '😀').map((value) => ({ type: 'string' as const, value })),
  );
  const keyTexts = fc.oneof(
    fc.constantFrom('a', 'b!', 'c', '', 'bb', ...rows.map(({ rowKey }) => rowKey)),
    fc
      .tuple(fc.constantFrom(...rows.map(({ rowKey }) => rowKey)), fc.nat(20))
      .map(([key, end]) => key.slice(0, end)),
  );
  const leaf = fc.tuple(comparisons(), fc.constantFrom(...NAMES), literals, keyTexts, fc.boolean());
  const comparison = leaf.map(([base, name, value, key, ofKey]): Filter => {
    if (base.subject.kind !== 'property')
      return ofKey ? { ...base, value: { type: 'string', value: key } } : base;
    return { ...base, subject: { kind: 'property', name }, value };
  });
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { maxDepth: 3 },
      comparison,
      tie('filter').map((operand): Filter => ({ kind: 'not', operand })),
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
        )
        .map(([kind, operands]): Filter => ({ kind, operands })),
    ),
  })).filter;
}
