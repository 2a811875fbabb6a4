import assert from 'node:assert/strict';
import type { Table } from '../table.ts';
import { propertyOf } from '../value.ts';
import { is, keyIs, string } from './builders.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { answersToExceed, batchOf, noSnapshotReads, snapshotReads } from './need.ts';
import { assertFails, assertRows, fill, insert, largeRows, row } from './support.ts';

const ROWS = [
  row('p', 'a', { text: '1', note: 'x' }),
  row('p', 'b', { text: '2' }),
  row('p', 'c', { text: '3', note: 'y' }),
];
/** What is written together lies at both ends, so that what is read in several parts has them in different ones. */
const ENDS = ['a', 'z'];
const READS = 4;

/** T3: a partition at one instant, however large. */
export const wholeCases: readonly ContractCase[] = [
  contractCase(
    'whole answers: are filtered, selected and ordered as any other',
    async (subject) => {
      const table = await subject.open();
      await fill(table, [...ROWS.toReversed(), row('pp', 'a')]);
      assertRows(await table.query('p', { whole: true }), ROWS);
      const filter = is('text', 'ge', string('2'));
      const rows = await table.query('p', { whole: true, filter, select: ['note'] });
      assertRows(rows, [row('p', 'b'), row('p', 'c', { note: 'y' })]);
      const named = await table.query('p', { whole: true, filter: keyIs('rowKey', 'eq', 'b') });
      assertRows(named, ROWS.slice(1, 2));
    },
    snapshotReads,
  ),
  contractCase(
    'whole answers: beyond the limits of others, they are of one instant, too',
    async (subject) => {
      const [writer, reader] = [await subject.open(), await subject.open()];
      const rows = largeRows(reader, reader.manifest.atomicQuery.bytes);
      for (let at = 0; at < rows.length; at += 50) await fill(writer, rows.slice(at, at + 50));
      for (const rowKey of ENDS) await insert(writer, row('p', rowKey, { text: '0' }));
      await assertFails(reader.query('p'), 'TABLE_QUERY_TOO_LARGE');
      const state = { reading: true };
      const writing = writeEnds(writer, state);
      try {
        for (let read = 0; read < READS; read += 1) await assertEnds(reader, rows.length + ENDS.length);
      } finally {
        state.reading = false;
        await writing;
      }
    },
    snapshotReads,
    answersToExceed,
    batchOf(2),
  ),
  contractCase(
    'whole answers: a store that does not give them says so',
    async (subject) => {
      const table = await subject.open();
      await assertFails(table.query('p', { whole: true }), 'TABLE_NOT_SUPPORTED');
    },
    noSnapshotReads,
  ),
];

async function writeEnds(table: Table, state: { readonly reading: boolean }): Promise<void> {
  for (let round = 1; state.reading; round += 1) {
    const text = String(round);
    await table.write(
      ENDS.map((rowKey) => ({ ...row('p', rowKey, { text }), kind: 'upsertReplace' as const })),
    );
    // A store in this process may answer without ever giving way.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function assertEnds(table: Table, count: number): Promise<void> {
  const rows = await table.query('p', { whole: true });
  assert.equal(rows.length, count);
  const [first, last] = [rows[0], rows.at(-1)].map(
    (each) => each && propertyOf(each.properties, 'text')?.value,
  );
  assert.ok(first !== undefined && first === last, `a query saw ${String(first)} beside ${String(last)}`);
}
