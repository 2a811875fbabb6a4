import assert from 'node:assert/strict';
import { compareKeys, keyOf, type RowKey } from '../key.ts';
import type { Page, RowData, ScanOptions, Table } from '../table.ts';
import { any, is, string } from './builders.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { reachableRows } from './need.ts';
import {
  assertFails,
  assertRows,
  assertTable,
  fill,
  key,
  manyRows,
  row,
  scanAll,
  scanPages,
  writeOne,
} from './support.ts';

const ROWS = ['p', 'q', 'r'].flatMap((partitionKey) =>
  ['a', 'b', 'c', 'd'].map((rowKey) => row(partitionKey, rowKey, { text: `${partitionKey}${rowKey}` })),
);

/** T7: pages that together are the whole. */
export const scanCases: readonly ContractCase[] = [
  contractCase('scan: an empty table has no rows and no continuation', async (subject) => {
    const table = await subject.open();
    assert.deepEqual(await table.scan(), { rows: [], continuation: undefined });
  }),
  contractCase('scan: gives every row of every partition in order', async (subject) => {
    const table = await filled(await subject.open());
    await assertTable(table, ROWS);
  }),
  contractCase('scan: pages of any size together give every row exactly once', async (subject) => {
    const table = await filled(await subject.open());
    for (let limit = 1; limit <= ROWS.length + 1; limit += 1) {
      const pages = await scanPages(table, { limit });
      assert.ok(
        pages.every(({ rows }) => rows.length <= limit),
        `a page has more than ${limit} rows`,
      );
      assertRows(
        pages.flatMap(({ rows }) => rows),
        ROWS,
        `in pages of ${limit}`,
      );
    }
  }),
  contractCase(
    'scan: more rows than fit a page come in several',
    async (subject) => {
      const table = await subject.open();
      const rows = manyRows('p', table.manifest.scan.pageRows + 100);
      await fill(table, rows);
      const pages = await scanPages(table);
      assert.ok(pages.length >= 2, 'one page has more rows than the manifest says');
      assertRows(
        pages.flatMap((page) => page.rows),
        rows,
      );
    },
    reachableRows('scan.pageRows', ({ scan }) => scan.pageRows),
  ),
  contractCase('scan: starts behind a key, whether or not it exists', async (subject) => {
    const table = await filled(await subject.open());
    for (const after of bounds()) await assertRange(table, { after });
  }),
  contractCase('scan: ends with a key, whether or not it exists', async (subject) => {
    const table = await filled(await subject.open());
    for (const through of bounds()) await assertRange(table, { through });
  }),
  contractCase('scan: gives the rows between two keys, in pages too', async (subject) => {
    const table = await filled(await subject.open());
    for (const after of bounds()) {
      for (const through of bounds()) await assertRange(table, { after, through, limit: 3 });
    }
  }),
  contractCase('scan: goes on behind the last row of a page after that row is deleted', async (subject) => {
    const table = await filled(await subject.open());
    const { rows, continuation } = await table.scan({ limit: 5 });
    assert.ok(continuation, 'five rows are not all');
    for (const each of rows) await writeOne(table, { ...keyOf(each), kind: 'delete' });
    assertRows(await scanAll(table, { after: continuation }), ROWS.slice(rows.length));
  }),
  contractCase(
    'scan: gives every row that is there throughout, whatever is written meanwhile',
    async (subject) => {
      const table = await filled(await subject.open());
      const seen: RowData[] = [];
      for (let after: RowKey | undefined = key('', ''); after; ) {
        const page: Page = await table.scan({ after, limit: 2 });
        seen.push(...page.rows);
        after = page.continuation;
        await writeOne(table, { ...key('p', `a${seen.length - 2}`), kind: 'delete' });
        await writeOne(table, { ...row('p', `a${seen.length}`, { text: 'passing' }), kind: 'upsertReplace' });
      }
      const stayed = seen.filter(({ rowKey }) => rowKey.length === 1);
      assertRows(stayed, ROWS);
    },
  ),
  contractCase('scan: a budget of bytes ends a page early, but every page has a row', async (subject) => {
    const table = await subject.open();
    const rows = manyRows('p', 12).map((each) => row('p', each.rowKey, { text: 'x'.repeat(1000) }));
    await fill(table, rows);
    const { rows: first } = await table.scan({ bytes: 3000 });
    assert.ok(first.length >= 1 && first.length <= 6, `${first.length} rows of 1000 bytes within 3000`);
    const pages = await scanPages(table, { bytes: 1 });
    assert.ok(pages.length >= rows.length / 2, 'each page holds more than its budget');
    assertRows(
      pages.flatMap((page) => page.rows),
      rows,
    );
  }),
  contractCase('scan: gives only the rows that the filter matches', async (subject) => {
    const table = await filled(await subject.open());
    const matching = ROWS.filter(({ rowKey }) => rowKey === 'd');
    const filter = any(...matching.map(({ partitionKey }) => is('text', 'eq', string(`${partitionKey}d`))));
    assertRows(await scanAll(table, { filter }), matching);
    assertRows(await scanAll(table, { filter, limit: 2 }), matching);
  }),
  contractCase('scan: a filter that matches nothing ends with the table', async (subject) => {
    const table = await filled(await subject.open());
    assertRows(await scanAll(table, { filter: is('text', 'eq', string('none')), limit: 2 }), []);
  }),
  contractCase('scan: gives only the properties that are selected', async (subject) => {
    const table = await subject.open();
    await fill(table, [row('p', 'a', { text: 'a', note: 'x' }), row('p', 'b', { text: 'b' })]);
    const selected = [row('p', 'a', { note: 'x' }), row('p', 'b')];
    assertRows(await scanAll(table, { select: ['note', 'flag'] }), selected);
    assertRows(await scanAll(table, { select: ['note', 'flag'], lazy: true }), selected);
    assertRows(await scanAll(table, { select: [] }), [row('p', 'a'), row('p', 'b')]);
  }),
  contractCase('scan: a filter sees the properties that are not selected', async (subject) => {
    const table = await filled(await subject.open());
    const filter = is('text', 'eq', string('qa'));
    assertRows(await scanAll(table, { filter, select: ['note'] }), [row('q', 'a')]);
  }),
  contractCase('scan: lazy rows are the same rows', async (subject) => {
    const table = await filled(await subject.open());
    const plain = await scanAll(table, { limit: 5 });
    const lazy = await scanAll(table, { limit: 5, lazy: true });
    assertRows(lazy, ROWS);
    assert.deepEqual(
      lazy.map(({ version }) => version),
      plain.map(({ version }) => version),
    );
  }),
  contractCase(
    'scan: bounds that are not well-formed, and limits that are no counts, are refused',
    async (subject) => {
      const table = await subject.open();
      await assertFails(table.scan({ after: key('\ud800', '') }), 'TABLE_KEY_INVALID');
      await assertFails(table.scan({ through: key('p', '\udc00') }), 'TABLE_KEY_INVALID');
      for (const bad of [0, -1, 1.5, Number.NaN]) {
        await assertFails(table.scan({ limit: bad }), 'TABLE_OPTION_INVALID');
        await assertFails(table.scan({ bytes: bad }), 'TABLE_OPTION_INVALID');
      }
    },
  ),
];

async function filled(table: Table): Promise<Table> {
  await fill(table, ROWS.toReversed());
  return table;
}

/** Keys before, on, between and behind the rows, and of partitions that there are not. */
function bounds() {
  return [
    key('', ''),
    key('p', ''),
    key('p', 'a'),
    key('p', 'bb'),
    key('pp', 'x'),
    key('q', 'd'),
    key('r', 'd'),
    key('z', ''),
  ];
}

async function assertRange(table: Table, options: ScanOptions): Promise<void> {
  const { after, through } = options;
  const expected = ROWS.filter(
    (each) => (!after || compareKeys(each, after) > 0) && (!through || compareKeys(each, through) <= 0),
  );
  assertRows(await scanAll(table, options), expected, JSON.stringify(options));
}
