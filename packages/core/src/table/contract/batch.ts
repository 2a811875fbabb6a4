import assert from 'node:assert/strict';
import type { RowData, Write } from '../table.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { batchOf, deletesAbsent, noDeletesAbsent } from './need.ts';
import {
  assertAbsent,
  assertFails,
  assertTable,
  fill,
  insert,
  key,
  manyRows,
  present,
  row,
} from './support.ts';

const inserts = (rows: readonly RowData[]): readonly Write[] =>
  rows.map((each) => ({ ...each, kind: 'insert' }));

/** T1: several writes are one. */
export const batchCases: readonly ContractCase[] = [
  contractCase(
    'batch: every kind of write takes effect, each on its own row',
    async (subject) => {
      const table = await subject.open();
      const before = ['b', 'c', 'e', 'f'].map((rowKey) => row('p', rowKey, { text: 'before', note: 'kept' }));
      await fill(table, before);
      await table.write([
        { ...row('p', 'a', { text: 'a' }), kind: 'insert' },
        { ...row('p', 'b', { text: 'b' }), kind: 'replace', condition: '*' },
        { ...row('p', 'c', { text: 'c' }), kind: 'merge', condition: '*' },
        { ...row('p', 'd', { text: 'd' }), kind: 'upsertReplace' },
        { ...row('p', 'e', { text: 'e' }), kind: 'upsertMerge' },
        { ...key('p', 'f'), kind: 'delete', condition: '*' },
      ]);
      await assertTable(table, [
        row('p', 'a', { text: 'a' }),
        row('p', 'b', { text: 'b' }),
        row('p', 'c', { text: 'c', note: 'kept' }),
        row('p', 'd', { text: 'd' }),
        row('p', 'e', { text: 'e', note: 'kept' }),
      ]);
    },
    batchOf(6),
  ),
  contractCase(
    'batch: the results come in the order of the writes',
    async (subject) => {
      const table = await subject.open();
      await insert(table, row('p', 'b', { text: 'b' }));
      const results = await table.write([
        { ...row('p', 'c', { text: 'c' }), kind: 'insert' },
        { ...key('p', 'b'), kind: 'delete', condition: '*' },
        { ...row('p', 'a', { text: 'a' }), kind: 'insert' },
      ]);
      const [a, c] = [await present(table, key('p', 'a')), await present(table, key('p', 'c'))];
      assert.deepEqual(
        results.map(({ version }) => version),
        [c.version, undefined, a.version],
      );
    },
    batchOf(3),
  ),
  contractCase(
    'batch: a delete of what is absent does nothing, and what is beside it is applied',
    async (subject) => {
      const table = await subject.open();
      await insert(table, row('p', 'there', { text: 'there' }));
      await table.write([
        { ...key('p', 'there'), kind: 'delete' },
        { ...row('p', 'a', { text: 'a' }), kind: 'insert' },
        { ...key('p', 'absent'), kind: 'delete' },
      ]);
      await assertTable(table, [row('p', 'a', { text: 'a' })]);
    },
    batchOf(3),
    deletesAbsent,
  ),
  contractCase(
    'batch: a store that cannot delete what may be absent beside others refuses it, and does so alone',
    async (subject) => {
      const table = await subject.open();
      const before = row('p', 'there', { text: 'there' });
      await insert(table, before);
      const error = await assertFails(
        table.write([
          { ...row('p', 'a', { text: 'a' }), kind: 'insert' },
          { ...key('p', 'there'), kind: 'delete' },
        ]),
        'TABLE_NOT_SUPPORTED',
      );
      assert.equal(error.details['index'], 1);
      await assertTable(table, [before]);
      for (const rowKey of ['there', 'absent']) await table.write([{ ...key('p', rowKey), kind: 'delete' }]);
      await assertTable(table, []);
    },
    batchOf(2),
    noDeletesAbsent,
  ),
  contractCase(
    'batch: if one write fails, none is applied',
    async (subject) => {
      const table = await subject.open();
      const before = [row('p', 'a', { text: 'a' }), row('p', 'b', { text: 'b' })];
      await fill(table, before);
      const failing = table.write([
        { ...row('p', 'new', { text: 'new' }), kind: 'insert' },
        { ...key('p', 'a'), kind: 'delete', condition: '*' },
        { ...row('p', 'b', { text: 'changed' }), kind: 'upsertReplace' },
        { ...row('p', 'absent', { text: 'x' }), kind: 'replace', condition: '*' },
      ]);
      await assertFails(failing, 'TABLE_ROW_ABSENT');
      await assertTable(table, before);
    },
    batchOf(4),
  ),
  contractCase(
    'batch: the error tells the first write that failed',
    async (subject) => {
      const table = await subject.open();
      await insert(table, row('p', 'b', { text: 'b' }));
      const failing = table.write([
        { ...row('p', 'c', { text: 'c' }), kind: 'insert' },
        { ...row('p', 'b', { text: 'b' }), kind: 'insert' },
        { ...row('p', 'a', { text: 'a' }), kind: 'merge', condition: '*' },
      ]);
      const error = await assertFails(failing, 'TABLE_ROW_EXISTS');
      assert.equal(error.details['index'], 1);
    },
    batchOf(3),
  ),
  contractCase(
    'batch: each condition is about its own row',
    async (subject) => {
      const table = await subject.open();
      const [a, b] = [row('p', 'a', { text: 'a' }), row('p', 'b', { text: 'b' })];
      const versions = [await insert(table, a), await insert(table, b)];
      const swapped = table.write([
        { ...a, kind: 'replace', condition: versions[0] ?? '' },
        { ...b, kind: 'replace', condition: versions[0] ?? '' },
      ]);
      const error = await assertFails(swapped, 'TABLE_VERSION_MISMATCH');
      assert.equal(error.details['index'], 1);
    },
    batchOf(2),
  ),
  contractCase(
    'batch: a hundred rows are one batch',
    async (subject) => {
      const table = await subject.open();
      const rows = manyRows('p', 100);
      const results = await table.write(inserts(rows));
      assert.equal(new Set(results.map(({ version }) => version)).has(undefined), false);
      await assertTable(table, rows);
    },
    batchOf(100),
  ),
  contractCase('batch: an empty batch is refused', async (subject) => {
    const table = await subject.open();
    await assertFails(table.write([]), 'TABLE_BATCH_INVALID');
  }),
  contractCase('batch: two writes to one row are refused', async (subject) => {
    const table = await subject.open();
    const twice = inserts([row('p', 'a'), row('p', 'a')]);
    await assertFails(table.write(twice), 'TABLE_BATCH_INVALID');
    await assertAbsent(table, key('p', 'a'));
  }),
  contractCase('batch: writes to two partitions are refused', async (subject) => {
    const table = await subject.open();
    const mixed = inserts([row('p', 'a'), row('q', 'b')]);
    await assertFails(table.write(mixed), 'TABLE_BATCH_INVALID');
    await assertTable(table, []);
  }),
  contractCase('batch: a replace or merge without a condition is refused', async (subject) => {
    const table = await subject.open();
    await insert(table, row('p', 'a', { text: 'a' }));
    for (const kind of ['replace', 'merge'] as const) {
      const unconditional = { ...row('p', 'a', { text: 'b' }), kind, condition: '' };
      await assertFails(table.write([unconditional]), 'TABLE_BATCH_INVALID');
    }
    await assertTable(table, [row('p', 'a', { text: 'a' })]);
  }),
  contractCase('batch: a key that is not well-formed is refused', async (subject) => {
    const table = await subject.open();
    for (const bad of [key('\ud800', 'r'), key('p', '\udc00x')]) {
      await assertFails(table.write([{ ...bad, kind: 'delete' }]), 'TABLE_KEY_INVALID');
      await assertFails(table.write(inserts([{ ...bad, properties: {} }])), 'TABLE_KEY_INVALID');
    }
  }),
];
