import assert from 'node:assert/strict';
import { isCode } from '../../std/index.ts';
import { keyOf } from '../key.ts';
import { RESERVED_PROPERTY_PREFIX, RESERVED_ROW_PREFIX } from '../reserved.ts';
import type { RowData, Table } from '../table.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { neverReused, noRename, ownLayout, renames, reservedRows } from './need.ts';
import { assertFails, assertTable, fill, insert, row, scanAll, writeOne } from './support.ts';

const ROW = row('p', 'r', { text: 'a' });
const ROWS = [ROW, row('p', 's'), row('q', '', { text: 'b' })];
const RESERVED = [
  row('p', `${RESERVED_ROW_PREFIX}meta`, { text: 'meta' }),
  row('p', 'tagged', { text: 'b', [`${RESERVED_PROPERTY_PREFIX}tag`]: 'hidden' }),
];

/** T16: a table gets another name. */
export const renameCases: readonly ContractCase[] = [
  contractCase(
    'rename: a table has its rows under its new name, with their versions',
    async ({ store, freeName }) => {
      await store.create(freeName);
      const table = await store.open(freeName);
      await fill(table, ROWS);
      const before = await scanAll(table);
      const newName = `${freeName}new`;
      await store.rename(freeName, newName);
      assert.deepEqual(await scanAll(await store.open(newName)), before);
      assert.ok((await store.list()).includes(newName));
    },
    renames,
    ownLayout,
  ),
  contractCase(
    'rename: a table has what is reserved under its new name',
    async ({ store, freeName }) => {
      const newName = `${freeName}new`;
      await store.create(freeName);
      await fill(await store.open(freeName, { reserved: true }), RESERVED);
      await store.rename(freeName, newName);
      await assertTable(await store.open(newName, { reserved: true }), RESERVED);
    },
    renames,
    ownLayout,
    reservedRows,
  ),
  contractCase(
    'rename: a table that gets its former name back is as it was',
    async (subject) => {
      const table = await subject.open();
      await fill(table, ROWS);
      const before = await scanAll(table);
      await subject.store.rename(table.name, subject.freeName);
      await subject.store.rename(subject.freeName, table.name);
      assert.deepEqual(await scanAll(await subject.open()), before);
    },
    renames,
  ),
  contractCase(
    'rename: nothing is found or written under the former name',
    async (subject) => {
      const table = await subject.open();
      await insert(table, ROW);
      await subject.store.rename(table.name, subject.freeName);
      assert.ok(!(await subject.store.list()).includes(table.name));
      await assertFails(subject.open(), 'TABLE_NOT_FOUND');
      await assertGone(table, ROW);
    },
    renames,
  ),
  contractCase(
    'rename: nothing reserved is found or written under the former name',
    async (subject) => {
      const table = await subject.open({ reserved: true });
      await fill(table, RESERVED);
      await subject.store.rename(table.name, subject.freeName);
      for (const each of RESERVED) await assertGone(table, each);
    },
    renames,
    reservedRows,
  ),
  contractCase(
    'rename: a write beside it goes along, or fails without effect',
    async (subject) => {
      const { name } = await subject.open();
      const writers = [new Writer('a'), new Writer('b'), new Writer('c')];
      const writing = writers.map(async (writer) => writer.writeUntilGone(await subject.open()));
      const renaming = Promise.all(writers.map(({ underWay }) => underWay)).then(() =>
        subject.store.rename(name, subject.freeName),
      );
      await Promise.all([renaming, ...writing]);
      await subject.store.rename(subject.freeName, name);
      const acknowledged = writers.flatMap(({ written }) => written);
      await assertTable(await subject.open(), acknowledged);
    },
    renames,
  ),
  contractCase(
    'rename: a new table of the former name gives none of the versions that the other one gave',
    async ({ store, freeName }) => {
      const given = new Set(await versionsOfWrites(store, freeName));
      await store.rename(freeName, `${freeName}new`);
      const anew = await versionsOfWrites(store, freeName);
      assert.deepEqual(
        anew.filter((version) => given.has(version)),
        [],
      );
    },
    renames,
    ownLayout,
    neverReused,
  ),
  contractCase(
    'rename: a table that is not there is not renamed',
    async ({ store, freeName }) => {
      const newName = `${freeName}new`;
      await assertFails(store.rename(freeName, newName), 'TABLE_NOT_FOUND');
      await assertFails(store.open(newName), 'TABLE_NOT_FOUND');
    },
    renames,
  ),
  contractCase(
    'rename: a name that is taken is refused, and both tables stay as they are',
    async (subject) => {
      const { store, freeName } = subject;
      const table = await subject.open();
      await insert(table, ROW);
      await store.create(freeName);
      await assertFails(store.rename(table.name, freeName), 'TABLE_ALREADY_EXISTS');
      await assertTable(table, [ROW]);
      await assertTable(await store.open(freeName), []);
    },
    renames,
    ownLayout,
  ),
  contractCase(
    'rename: the name that a table has already is taken',
    async (subject) => {
      const table = await subject.open();
      await insert(table, ROW);
      await assertFails(subject.store.rename(table.name, table.name), 'TABLE_ALREADY_EXISTS');
      await assertTable(table, [ROW]);
    },
    renames,
  ),
  contractCase(
    'rename: an application neither renames reserved tables, nor gives a table a name that it could not create',
    async (subject) => {
      const { store, freeName, reservedName } = subject;
      const table = await subject.open();
      await insert(table, ROW);
      await assertFails(store.rename(table.name, reservedName), 'TABLE_NAME_RESERVED');
      await assertFails(store.rename(reservedName, freeName), 'TABLE_NAME_RESERVED');
      await assertFails(store.rename(table.name, ''), 'TABLE_NAME_INVALID');
      await assertTable(table, [ROW]);
    },
    renames,
  ),
  contractCase(
    'rename: nothing is renamed if it is aborted before it begins',
    async (subject) => {
      const table = await subject.open();
      await insert(table, ROW);
      const signal = AbortSignal.abort();
      await assertFails(subject.store.rename(table.name, subject.freeName, { signal }), 'TABLE_ABORTED');
      await assertTable(table, [ROW]);
    },
    renames,
  ),
  contractCase(
    'rename: a store that is closed renames nothing',
    async (subject) => {
      const { name } = await subject.open();
      await subject.store.close();
      await assertFails(subject.store.rename(name, subject.freeName), 'TABLE_CLOSED');
    },
    renames,
  ),
  contractCase(
    'rename: it is refused where the store cannot do it, and the table stays as it is',
    async (subject) => {
      const table = await subject.open();
      await insert(table, ROW);
      await assertFails(subject.store.rename(table.name, subject.freeName), 'TABLE_NOT_SUPPORTED');
      await assertTable(table, [ROW]);
    },
    noRename,
  ),
];

/** Asserts that the handle has no table any more, to read the row or to write it. */
async function assertGone(table: Table, data: RowData): Promise<void> {
  await assertFails(table.get(keyOf(data)), 'TABLE_NOT_FOUND');
  await assertFails(table.scan(), 'TABLE_NOT_FOUND');
  await assertFails(table.write([{ ...data, kind: 'upsertReplace' }]), 'TABLE_NOT_FOUND');
  await assertFails(table.load([data]), 'TABLE_NOT_FOUND');
}

/** Creates the table, and writes one row of it several times. */
async function versionsOfWrites(store: ContractSubject['store'], name: string) {
  await store.create(name);
  const table = await store.open(name);
  const versions = [];
  for (let count = 0; count < 3; count += 1) {
    versions.push(await writeOne(table, { ...ROW, kind: 'upsertReplace' }));
  }
  return versions;
}

/** Far more than any store applies while it renames a table. */
const WRITES_MAX = 100_000;

/** Inserts rows into a partition of its own, one after the other, until the table is gone. */
class Writer {
  /** What was acknowledged, in order. */
  readonly written: RowData[] = [];
  /** Settles once there is something. */
  readonly underWay: Promise<void>;
  readonly #partitionKey: string;
  #begin: () => void = () => undefined;

  constructor(partitionKey: string) {
    this.#partitionKey = partitionKey;
    this.underWay = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  async writeUntilGone(table: Table): Promise<void> {
    while (this.written.length < WRITES_MAX) {
      const next = row(this.#partitionKey, String(this.written.length).padStart(6, '0'));
      try {
        await insert(table, next);
      } catch (error) {
        if (!isCode(error, 'TABLE_NOT_FOUND')) throw error;
        await assertFails(Promise.reject(error), 'TABLE_NOT_FOUND', 'none');
        return;
      }
      this.written.push(next);
      this.#begin();
    }
    assert.fail('the table can still be written under its former name');
  }
}
