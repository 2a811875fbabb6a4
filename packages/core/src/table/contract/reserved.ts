import assert from 'node:assert/strict';
import { isReservedRow, RESERVED_PROPERTY_PREFIX, RESERVED_ROW_PREFIX } from '../reserved.ts';
import type { Table } from '../table.ts';
import { is, not, string } from './builders.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { batchOf, reachableRows, reservedRows } from './need.ts';
import {
  assertAbsent,
  assertFails,
  assertPresent,
  assertRows,
  assertTable,
  fill,
  insert,
  key,
  manyRows,
  row,
  scanAll,
  scanPages,
  writeOne,
} from './support.ts';

const META_KEY = `${RESERVED_ROW_PREFIX}meta`;
const TAG = `${RESERVED_PROPERTY_PREFIX}tag`;

const META = row('p', META_KEY, { text: 'meta' });
const PLAIN = row('p', 'plain', { text: 'a' });
const TAGGED = row('p', 'tagged', { text: 'b', [TAG]: 'hidden' });
const UNTAGGED = row('p', 'tagged', { text: 'b' });

/** A table with a reserved row and a reserved property in it, seen by both kinds of handle. */
async function withReserved(subject: ContractSubject): Promise<{ application: Table; ours: Table }> {
  const [application, ours] = [await subject.open(), await subject.open({ reserved: true })];
  await fill(ours, [META, PLAIN, TAGGED]);
  return { application, ours };
}

/** T10: what is ours is apart from what is theirs. */
export const reservedCases: readonly ContractCase[] = [
  contractCase(
    'reserved: our handle reads and writes reserved rows and properties',
    async (subject) => {
      const { ours } = await withReserved(subject);
      await assertPresent(ours, META);
      await assertPresent(ours, TAGGED);
      assertRows(await ours.query('p'), [META, PLAIN, TAGGED]);
      await assertTable(ours, [META, PLAIN, TAGGED]);
      await writeOne(ours, { ...META, kind: 'delete' });
      await assertTable(ours, [PLAIN, TAGGED]);
    },
    reservedRows,
  ),
  contractCase(
    'reserved: the usual conditions hold for reserved rows',
    async (subject) => {
      const { ours } = await withReserved(subject);
      await assertFails(ours.write([{ ...META, kind: 'insert' }]), 'TABLE_ROW_EXISTS');
      const version = await writeOne(ours, { ...META, kind: 'replace', condition: '*' });
      await writeOne(ours, { ...META, kind: 'replace', condition: version ?? '' });
      await assertFails(
        ours.write([{ ...META, kind: 'replace', condition: version ?? '' }]),
        'TABLE_VERSION_MISMATCH',
      );
    },
    reservedRows,
  ),
  contractCase(
    'reserved: an application gets no reserved row, and no reserved property',
    async (subject) => {
      const { application } = await withReserved(subject);
      await assertAbsent(application, META);
      await assertPresent(application, UNTAGGED);
    },
    reservedRows,
  ),
  contractCase(
    "reserved: an application's query shows nothing reserved",
    async (subject) => {
      const { application } = await withReserved(subject);
      assertRows(await application.query('p'), [PLAIN, UNTAGGED]);
    },
    reservedRows,
  ),
  contractCase(
    "reserved: an application's scan shows nothing reserved",
    async (subject) => {
      const { application } = await withReserved(subject);
      assertRows(await scanAll(application), [PLAIN, UNTAGGED]);
      assertRows(await scanAll(application, { lazy: true }), [PLAIN, UNTAGGED]);
      const pages = await scanPages(application, { limit: 1 });
      assertRows(
        pages.flatMap(({ rows }) => rows),
        [PLAIN, UNTAGGED],
      );
      assert.ok(!pages.some(({ continuation }) => continuation && isReservedRow(continuation.rowKey)));
    },
    reservedRows,
  ),
  contractCase(
    'reserved: a filter that is true of what is absent finds no reserved row',
    async (subject) => {
      const { application } = await withReserved(subject);
      const filter = not(is('note', 'eq', string('none')));
      assertRows(await scanAll(application, { filter }), [PLAIN, UNTAGGED]);
      assertRows(await application.query('p', { filter }), [PLAIN, UNTAGGED]);
    },
    reservedRows,
  ),
  contractCase(
    'reserved: a table of reserved rows alone is empty to an application, and has no keys to sample',
    async (subject) => {
      const [application, ours] = [await subject.open(), await subject.open({ reserved: true })];
      await insert(ours, META);
      assert.equal((await application.describe()).empty, true);
      const { keys, rows } = await application.sampleKeys(4);
      assert.deepEqual(keys, []);
      assert.ok(rows === undefined || rows === 0);
    },
    reservedRows,
  ),
  contractCase('reserved: an application cannot write a reserved row', async (subject) => {
    const table = await subject.open();
    await assertFails(table.write([{ ...META, kind: 'insert' }]), 'TABLE_NAME_RESERVED');
    await assertFails(table.write([{ ...key('p', META_KEY), kind: 'delete' }]), 'TABLE_NAME_RESERVED');
    await assertFails(table.load([META]), 'TABLE_NAME_RESERVED');
    await assertTable(table, []);
  }),
  contractCase('reserved: an application cannot write a reserved property', async (subject) => {
    const table = await subject.open();
    await assertFails(table.write([{ ...TAGGED, kind: 'insert' }]), 'TABLE_NAME_RESERVED');
    await assertFails(table.load([TAGGED]), 'TABLE_NAME_RESERVED');
    await assertTable(table, []);
  }),
  contractCase(
    'reserved: a lazy row of ours carries no reserved property into a table of an application',
    async (subject) => {
      const { application, ours } = await withReserved(subject);
      const lazy = await scanAll(ours, { after: PLAIN, lazy: true });
      await assertFails(application.load(lazy), 'TABLE_NAME_RESERVED');
    },
    reservedRows,
  ),
  contractCase(
    'reserved: an application cannot filter by, or select, a reserved property',
    async (subject) => {
      const table = await subject.open();
      const filter = not(is(TAG, 'eq', string('a')));
      for (const options of [{ filter }, { select: [TAG] }]) {
        await assertFails(table.query('p', options), 'TABLE_NAME_RESERVED');
        await assertFails(table.scan(options), 'TABLE_NAME_RESERVED');
      }
    },
  ),
  contractCase(
    'reserved: our handle filters by, and selects, reserved properties',
    async (subject) => {
      const { ours } = await withReserved(subject);
      const filter = is(TAG, 'eq', string('hidden'));
      const expected = [row('p', 'tagged', { [TAG]: 'hidden' })];
      assertRows(await scanAll(ours, { filter, select: [TAG] }), expected);
      assertRows(await ours.query('p', { filter, select: [TAG] }), expected);
    },
    reservedRows,
  ),
  contractCase(
    "reserved: a batch writes reserved and an application's rows together",
    async (subject) => {
      const [application, ours] = [await subject.open(), await subject.open({ reserved: true })];
      await ours.write([
        { ...META, kind: 'insert' },
        { ...PLAIN, kind: 'insert' },
      ]);
      await assertTable(ours, [META, PLAIN]);
      await assertTable(application, [PLAIN]);
    },
    reservedRows,
    batchOf(2),
  ),
  contractCase(
    'reserved: a failed condition on a reserved row stops the whole batch',
    async (subject) => {
      const ours = await subject.open({ reserved: true });
      const version = await insert(ours, META);
      await writeOne(ours, { ...META, kind: 'replace', condition: version });
      const fenced = ours.write([
        { ...PLAIN, kind: 'insert' },
        { ...META, kind: 'merge', condition: version },
      ]);
      const error = await assertFails(fenced, 'TABLE_VERSION_MISMATCH');
      assert.equal(error.details['index'], 1);
      await assertTable(ours, [META]);
    },
    reservedRows,
    batchOf(2),
  ),
  contractCase(
    'reserved: a failed write of an application leaves the reserved row of its batch as it was',
    async (subject) => {
      const ours = await subject.open({ reserved: true });
      await insert(ours, META);
      const batch = ours.write([
        { ...row('p', META_KEY, { text: 'changed' }), kind: 'upsertReplace' },
        { ...PLAIN, kind: 'replace', condition: '*' },
      ]);
      await assertFails(batch, 'TABLE_ROW_ABSENT');
      await assertTable(ours, [META]);
    },
    reservedRows,
    batchOf(2),
  ),
  contractCase(
    "reserved: reserved rows do not count against the limit of an application's query",
    async (subject) => {
      const { application, ours } = await withReserved(subject);
      const rows = manyRows('q', application.manifest.atomicQuery.rows);
      await fill(ours, [row('q', META_KEY, { text: 'meta' }), ...rows]);
      assertRows(await application.query('q'), rows);
    },
    reservedRows,
    reachableRows('atomicQuery.rows', ({ atomicQuery }) => atomicQuery.rows),
  ),
];
