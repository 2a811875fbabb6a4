import assert from 'node:assert/strict';
import { compareKeys, formatKey, type RowKey } from '../key.ts';
import type { RowData, Table } from '../table.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { CONTRACT_KEY_TEXTS } from './extremes.ts';
import { queryOf } from './need.ts';
import {
  assertAbsent,
  assertFails,
  assertPresent,
  assertRows,
  assertTable,
  fill,
  key,
  row,
  scanAll,
} from './support.ts';
import { assertRefused } from './values.ts';

/** T6: keys to the letter, and in order. */
export const keyCases: readonly ContractCase[] = [
  contractCase('keys: every row key is kept to the letter, or refused', async (subject) => {
    const table = await subject.open();
    await assertKept(
      table,
      CONTRACT_KEY_TEXTS.map((text) => row('p', text, { text })),
    );
  }),
  contractCase('keys: every partition key is kept to the letter, or refused', async (subject) => {
    const table = await subject.open();
    await assertKept(
      table,
      CONTRACT_KEY_TEXTS.map((text) => row(text, 'r', { text })),
    );
  }),
  contractCase('keys: rows are ordered by the UTF-8 bytes of their row keys', async (subject) => {
    const table = await subject.open();
    const rows = holdable(
      table,
      CONTRACT_KEY_TEXTS.map((text) => row('p', text)),
    );
    await fill(table, rows.toReversed());
    await assertTable(table, rows);
  }),
  contractCase(
    'keys: a query has that order too',
    async (subject) => {
      const table = await subject.open();
      const rows = holdable(
        table,
        CONTRACT_KEY_TEXTS.map((text) => row('p', text)),
      );
      await fill(table, rows.toReversed());
      assertRows(await table.query('p'), rows);
    },
    queryOf(CONTRACT_KEY_TEXTS.length),
  ),
  contractCase('keys: partitions are ordered by the UTF-8 bytes of their keys', async (subject) => {
    const table = await subject.open();
    const rows = holdable(
      table,
      CONTRACT_KEY_TEXTS.flatMap((text) => [row(text, 'a'), row(text, 'b')]),
    );
    await fill(table, rows.toReversed());
    await assertTable(table, rows);
  }),
  contractCase('keys: the partition key counts before the row key', async (subject) => {
    const table = await subject.open();
    const rows = [row('a', 'z'), row('a!', 'y'), row('aa', 'a'), row('b', '0')];
    await fill(table, rows.toReversed());
    await assertTable(table, rows);
  }),
  contractCase('keys: a scan can start behind, and end with, any key', async (subject) => {
    const table = await subject.open();
    const rows = holdable(
      table,
      CONTRACT_KEY_TEXTS.map((text) => row('p', text)),
    );
    await fill(table, rows);
    for (const [index, bound] of rows.entries()) {
      assertRows(await scanAll(table, { after: bound }), rows.slice(index + 1), `after ${formatKey(bound)}`);
      assertRows(
        await scanAll(table, { through: bound }),
        rows.slice(0, index + 1),
        `through ${formatKey(bound)}`,
      );
    }
  }),
  contractCase('keys: a key that is not text is refused', async (subject) => {
    const table = await subject.open();
    // Callers in JavaScript have no types to stop them.
    const bad = { partitionKey: 'p', rowKey: 5 } as unknown as RowKey;
    await assertFails(table.get(bad), 'TABLE_KEY_INVALID');
  }),
];

function holdable(table: Table, rows: readonly RowData[]): readonly RowData[] {
  const held = rows.filter((each) => table.problemOf(each) === undefined);
  assert.deepEqual(held, held.toSorted(compareKeys), 'the fixture is in order');
  return held;
}

/** Writes each row, or sees it refused, and finds just those that were written. */
async function assertKept(table: Table, rows: readonly RowData[]): Promise<void> {
  for (const each of rows) {
    if (table.problemOf(each)) await assertRefused(table, each);
    else await table.write([{ ...each, kind: 'insert' }]);
  }
  const held = holdable(table, rows);
  for (const each of held) await assertPresent(table, each);
  assertRows(await scanAll(table), held);
  for (const { partitionKey, rowKey } of held)
    await assertAbsent(table, key(`${partitionKey}x`, `${rowKey}x`));
}
