import assert from 'node:assert/strict';
import { RESERVED_TABLE_PREFIX } from '../reserved.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { ownLayout, reservedRows } from './need.ts';
import { assertFails, assertTable, insert, row } from './support.ts';

const ROW = row('p', 'r', { text: 'a' });

/** T10: tables come and go. */
export const storeCases: readonly ContractCase[] = [
  contractCase(
    'store: a table that was created is listed, opens, and is empty',
    async ({ store, freeName }) => {
      await store.create(freeName);
      assert.ok((await store.list()).includes(freeName));
      await assertTable(await store.open(freeName), []);
    },
    ownLayout,
  ),
  contractCase(
    'store: an opened table knows its name',
    async ({ store, freeName }) => {
      await store.create(freeName);
      assert.equal((await store.open(freeName)).name, freeName);
    },
    ownLayout,
  ),
  contractCase('store: a table that is not there does not open', async ({ store, freeName }) => {
    await assertFails(store.open(freeName), 'TABLE_NOT_FOUND');
    assert.ok(!(await store.list()).includes(freeName), 'opening must not create');
  }),
  contractCase(
    'store: a table is not created twice, and keeps its rows',
    async ({ store, freeName }) => {
      await store.create(freeName);
      const table = await store.open(freeName);
      await insert(table, ROW);
      await assertFails(store.create(freeName), 'TABLE_ALREADY_EXISTS');
      await assertTable(table, [ROW]);
    },
    ownLayout,
  ),
  contractCase(
    'store: tables of one store do not share rows',
    async (subject) => {
      await subject.store.create(subject.freeName);
      await insert(await subject.store.open(subject.freeName), ROW);
      await assertTable(await subject.open(), []);
    },
    ownLayout,
  ),
  contractCase(
    'store: a dropped table is gone with its rows',
    async ({ store, freeName }) => {
      await store.create(freeName);
      await insert(await store.open(freeName), ROW);
      assert.equal(await store.drop(freeName), true);
      assert.ok(!(await store.list()).includes(freeName));
      await assertFails(store.open(freeName), 'TABLE_NOT_FOUND');
      await store.create(freeName);
      await assertTable(await store.open(freeName), []);
    },
    ownLayout,
  ),
  contractCase(
    'store: dropping a table that is not there says so',
    async ({ store, freeName }) => {
      assert.equal(await store.drop(freeName), false);
    },
    ownLayout,
  ),
  contractCase(
    'store: a handle on a table that was dropped finds no table',
    async ({ store, freeName }) => {
      await store.create(freeName);
      const table = await store.open(freeName);
      await store.drop(freeName);
      await assertFails(table.get({ partitionKey: 'p', rowKey: 'r' }), 'TABLE_NOT_FOUND');
      await assertFails(table.write([{ ...ROW, kind: 'upsertReplace' }]), 'TABLE_NOT_FOUND');
    },
    ownLayout,
  ),
  contractCase(
    'store: names are listed in order',
    async ({ store, freeName }) => {
      for (const suffix of ['b', 'a', 'c']) await store.create(`${freeName}${suffix}`);
      const listed = (await store.list()).filter((name) => name.startsWith(freeName));
      assert.deepEqual(listed, [`${freeName}a`, `${freeName}b`, `${freeName}c`]);
    },
    ownLayout,
  ),
  contractCase(
    'store: an application neither creates nor opens reserved tables',
    async ({ store, reservedName }) => {
      await assertFails(store.create(reservedName), 'TABLE_NAME_RESERVED');
      await assertFails(store.open(reservedName), 'TABLE_NAME_RESERVED');
      const upper = RESERVED_TABLE_PREFIX.toUpperCase();
      await assertFails(store.create(`${upper}x`), 'TABLE_NAME_RESERVED');
    },
  ),
  contractCase(
    'store: reserved tables are listed only if asked for',
    async ({ store, reservedName }) => {
      await store.create(reservedName, { reserved: true });
      assert.ok((await store.list({ reserved: true })).includes(reservedName));
      assert.ok(!(await store.list()).includes(reservedName));
    },
    reservedRows,
  ),
  contractCase(
    'store: a reserved table takes rows, and is dropped, like any other',
    async ({ store, reservedName }) => {
      const reserved = { reserved: true };
      await store.create(reservedName, reserved);
      const table = await store.open(reservedName, reserved);
      await insert(table, ROW);
      await assertTable(table, [ROW]);
      assert.equal(await store.drop(reservedName, reserved), true);
      await assertFails(store.open(reservedName, reserved), 'TABLE_NOT_FOUND');
    },
    reservedRows,
  ),
  contractCase('store: a table without a name is refused', async ({ store }) => {
    await assertFails(store.create(''), 'TABLE_NAME_INVALID');
  }),
  contractCase('store: a store that is closed does nothing more', async ({ store, freeName }) => {
    await store.close();
    await assertFails(store.list(), 'TABLE_CLOSED');
    await assertFails(store.open(freeName), 'TABLE_CLOSED');
    await assertFails(store.create(freeName), 'TABLE_CLOSED');
    await assertFails(store.drop(freeName), 'TABLE_CLOSED');
  }),
];
