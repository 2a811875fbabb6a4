import assert from 'node:assert/strict';
import type { Table } from '../table.ts';
import { propertyOf } from '../value.ts';
import { is, string } from './builders.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { batchOf } from './need.ts';
import { assertFails, assertRows, fill, insert, row } from './support.ts';

const ROWS = [
  row('o', 'z', { text: 'other' }),
  row('p', 'a', { text: '1', note: 'x' }),
  row('p', 'b', { text: '2' }),
  row('p', 'c', { text: '3', note: 'y' }),
  row('pp', 'a', { text: 'other' }),
];

/** T2, T3: a partition at one instant. */
export const queryCases: readonly ContractCase[] = [
  contractCase('query: gives the rows of the partition in order, and no others', async (subject) => {
    const table = await subject.open();
    await fill(table, ROWS.toReversed());
    assertRows(await table.query('p'), ROWS.slice(1, 4));
  }),
  contractCase('query: an absent partition has no rows', async (subject) => {
    const table = await subject.open();
    await fill(table, ROWS);
    assertRows(await table.query('absent'), []);
  }),
  contractCase('query: gives only the rows that the filter matches', async (subject) => {
    const table = await subject.open();
    await fill(table, ROWS);
    const filter = is('text', 'ge', string('2'));
    assertRows(await table.query('p', { filter }), ROWS.slice(2, 4));
  }),
  contractCase('query: gives only the properties that are selected', async (subject) => {
    const table = await subject.open();
    await fill(table, ROWS);
    assertRows(await table.query('p', { select: ['note', 'flag'] }), [
      row('p', 'a', { note: 'x' }),
      row('p', 'b'),
      row('p', 'c', { note: 'y' }),
    ]);
  }),
  contractCase('query: a filter sees the properties that are not selected', async (subject) => {
    const table = await subject.open();
    await fill(table, ROWS);
    const filter = is('text', 'eq', string('3'));
    assertRows(await table.query('p', { filter, select: ['note'] }), [row('p', 'c', { note: 'y' })]);
  }),
  contractCase('query: a partition key that is not well-formed is refused', async (subject) => {
    const table = await subject.open();
    await assertFails(table.query('\ud800'), 'TABLE_KEY_INVALID');
  }),
  contractCase(
    'query: sees batches of a concurrent writer as a whole or not at all',
    async (subject) => {
      const [writer, reader] = [await subject.open(), await subject.open()];
      await insert(writer, row('p', 'a', { text: '0' }));
      await insert(writer, row('p', 'b', { text: '0' }));
      await Promise.all([writePairs(writer, 25), assertPairs(reader, 25)]);
    },
    batchOf(2),
  ),
];

async function writePairs(table: Table, rounds: number): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    const text = String(round);
    await table.write(
      ['a', 'b'].map((rowKey) => ({ ...row('p', rowKey, { text }), kind: 'upsertReplace' as const })),
    );
  }
}

async function assertPairs(table: Table, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const [a, b] = (await table.query('p')).map(({ properties }) => propertyOf(properties, 'text')?.value);
    assert.ok(a !== undefined && a === b, `a query saw ${String(a)} beside ${String(b)}`);
  }
}
