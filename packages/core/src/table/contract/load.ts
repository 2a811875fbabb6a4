import assert from 'node:assert/strict';
import type { Mark, Table } from '../table.ts';
import { string } from './builders.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { atomicLoad, loadMarks, noLoadMarks } from './need.ts';
import { assertFails, assertPresent, assertTable, insert, key, present, row, writeOne } from './support.ts';

const ROWS = [row('o', 'r', { text: '1' }), row('p', 'r', { text: '2' }), row('p', 's', { note: '3' })];
const MARK = row('job', 'shard', { text: 'done' });

/** T11: bulk upserts, and their marks. */
export const loadCases: readonly ContractCase[] = [
  contractCase('load: puts rows of many partitions, in any order', async (subject) => {
    const table = await subject.open();
    assert.deepEqual(await table.load(ROWS.toReversed()), { marks: [] });
    await assertTable(table, ROWS);
  }),
  contractCase('load: replaces rows that exist, with all their properties', async (subject) => {
    const table = await subject.open();
    await insert(table, row('p', 'r', { text: 'before', note: 'dropped' }));
    await table.load(ROWS);
    await assertTable(table, ROWS);
  }),
  contractCase('load: the same load again changes nothing', async (subject) => {
    const table = await subject.open();
    await table.load(ROWS);
    await table.load(ROWS);
    await assertTable(table, ROWS);
  }),
  contractCase('load: leaves the rows that it does not name', async (subject) => {
    const table = await subject.open();
    const other = row('z', 'r', { text: 'other' });
    await insert(table, other);
    await table.load(ROWS);
    await assertTable(table, [...ROWS, other]);
  }),
  contractCase('load: nothing to load is no error', async (subject) => {
    const table = await subject.open();
    assert.deepEqual(await table.load([]), { marks: [] });
    await assertTable(table, []);
  }),
  contractCase('load: takes the rows that a scan gave, lazy ones too', async (subject) => {
    const table = await subject.open();
    await table.load(ROWS);
    for (const lazy of [false, true]) {
      const { rows } = await table.scan({ lazy });
      await table.load(rows);
      await assertTable(table, ROWS);
    }
  }),
  contractCase(
    'load: one row that is refused stops them all',
    async (subject) => {
      const table = await subject.open();
      const bad = row('p', 'bad', { text: string('\ud800') });
      await assertFails(table.load([...ROWS, bad]), 'TABLE_VALUE_INVALID');
      await assertTable(table, []);
    },
    atomicLoad,
  ),
  contractCase('load: a key that is not well-formed is refused', async (subject) => {
    const table = await subject.open();
    await assertFails(table.load([row('\ud800', 'r')]), 'TABLE_KEY_INVALID');
    await assertFails(table.load([row('p', '\udc00')]), 'TABLE_KEY_INVALID');
  }),
  contractCase(
    'load: marks are refused where they cannot be committed with the rows',
    async (subject) => {
      const table = await subject.open({ reserved: true });
      const marks: readonly Mark[] = [{ table: subject.reservedName, write: { ...MARK, kind: 'insert' } }];
      await assertFails(table.load(ROWS, { marks }), 'TABLE_NOT_SUPPORTED');
      await assertTable(table, []);
    },
    noLoadMarks,
  ),
  contractCase(
    'load: marks are written with the rows, and give their versions',
    async (subject) => {
      const { table, marked, load } = await withMarks(subject);
      const { marks } = await load({ ...MARK, kind: 'insert' });
      assert.deepEqual(marks, [{ version: (await present(marked, MARK)).version }]);
      await assertPresent(marked, MARK);
      await assertTable(table, ROWS);
    },
    loadMarks,
  ),
  contractCase(
    'load: marks alone are written too',
    async (subject) => {
      const { table, marked } = await withMarks(subject);
      const write = { ...MARK, kind: 'insert' } as const;
      await table.load([], { marks: [{ table: subject.reservedName, write }] });
      await assertPresent(marked, MARK);
    },
    loadMarks,
  ),
  contractCase(
    'load: a mark whose condition fails stops the rows',
    async (subject) => {
      const { table, marked, load } = await withMarks(subject);
      const stale = await insert(marked, MARK);
      await writeOne(marked, {
        ...row('job', 'shard', { text: 'again' }),
        kind: 'replace',
        condition: stale,
      });
      await assertFails(load({ ...MARK, kind: 'insert' }), 'TABLE_ROW_EXISTS');
      await assertFails(load({ ...MARK, kind: 'replace', condition: stale }), 'TABLE_VERSION_MISMATCH');
      await assertFails(
        load({ ...key('job', 'absent'), kind: 'delete', condition: '*' }),
        'TABLE_ROW_ABSENT',
      );
      await assertTable(table, []);
    },
    loadMarks,
  ),
  contractCase(
    'load: one mark that fails stops the other marks',
    async (subject) => {
      const { table, marked } = await withMarks(subject);
      const marks: readonly Mark[] = [
        { table: subject.reservedName, write: { ...MARK, kind: 'insert' } },
        { table: subject.reservedName, write: { ...key('job', 'absent'), kind: 'delete', condition: '*' } },
      ];
      await assertFails(table.load(ROWS, { marks }), 'TABLE_ROW_ABSENT');
      await assertTable(marked, []);
    },
    loadMarks,
  ),
  contractCase(
    'load: a mark of a table that is not there stops the rows',
    async (subject) => {
      const table = await subject.open({ reserved: true });
      const marks: readonly Mark[] = [{ table: subject.reservedName, write: { ...MARK, kind: 'insert' } }];
      await assertFails(table.load(ROWS, { marks }), 'TABLE_NOT_FOUND');
      await assertTable(table, []);
    },
    loadMarks,
  ),
];

interface Marked {
  readonly table: Table;
  readonly marked: Table;
  /** Loads the rows with one mark. */
  load(write: Mark['write']): ReturnType<Table['load']>;
}

async function withMarks(subject: ContractSubject): Promise<Marked> {
  const reserved = { reserved: true };
  await subject.store.create(subject.reservedName, reserved);
  const marked = await subject.store.open(subject.reservedName, reserved);
  const table = await subject.open(reserved);
  const load = (write: Mark['write']) =>
    table.load(ROWS, { marks: [{ table: subject.reservedName, write }] });
  return { table, marked, load };
}
