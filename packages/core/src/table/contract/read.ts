import assert from 'node:assert/strict';
import { type ContractCase, contractCase } from './contract-case.ts';
import { assertAbsent, assertFails, assertPresent, fill, insert, key, present, row } from './support.ts';

/** T3, T6: what a point read gives, and what it does not. */
export const readCases: readonly ContractCase[] = [
  contractCase('get: a row that is not there is undefined', async (subject) => {
    const table = await subject.open();
    await insert(table, row('p', 'r', { text: 'a' }));
    await assertAbsent(table, key('p', 'other'));
    await assertAbsent(table, key('other', 'r'));
  }),
  contractCase('get: a row has the properties that were written, and no others', async (subject) => {
    const table = await subject.open();
    const rows = [row('p', 'r', { text: 'a', note: 'b' }), row('p', 's', { text: '' }), row('p', 't')];
    await fill(table, rows);
    for (const each of rows) await assertPresent(table, each);
  }),
  contractCase('get: a row has the key that was asked for', async (subject) => {
    const table = await subject.open();
    await insert(table, row('p', 'r', { text: 'a' }));
    const { partitionKey, rowKey } = await present(table, key('p', 'r'));
    assert.deepEqual({ partitionKey, rowKey }, key('p', 'r'));
  }),
  contractCase('get: what one handle wrote, another reads', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    await insert(one, row('p', 'r', { text: 'a' }));
    await assertPresent(other, row('p', 'r', { text: 'a' }));
    await one.write([{ kind: 'delete', ...key('p', 'r') }]);
    await assertAbsent(other, key('p', 'r'));
  }),
  contractCase('get: keys that differ in case or by a space are different keys', async (subject) => {
    const table = await subject.open();
    await insert(table, row('p', 'r', { text: 'a' }));
    for (const other of [key('P', 'r'), key('p', 'R'), key('p ', 'r'), key('p', 'r ')]) {
      await assertAbsent(table, other);
    }
  }),
  contractCase('get: a key that is not well-formed is refused', async (subject) => {
    const table = await subject.open();
    await assertFails(table.get(key('\ud800', 'r')), 'TABLE_KEY_INVALID');
    await assertFails(table.get(key('p', '\udc00')), 'TABLE_KEY_INVALID');
  }),
];
