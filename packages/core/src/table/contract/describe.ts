import assert from 'node:assert/strict';
import { RESERVED_PROPERTY_PREFIX, RESERVED_ROW_PREFIX } from '../reserved.ts';
import type { Table, Write } from '../table.ts';
import { type ContractCase, contractCase } from './contract-case.ts';
import { reservedRows } from './need.ts';
import { insert, key, row, writeOne } from './support.ts';

/** T10: what can be told about a table as a whole. */
export const describeCases: readonly ContractCase[] = [
  contractCase(
    'describe: a table is empty until it has a row, and again when it is gone',
    async (subject) => {
      const table = await subject.open();
      assert.equal((await table.describe()).empty, true);
      await insert(table, row('p', 'r', { text: 'a' }));
      assert.equal((await table.describe()).empty, false);
      await writeOne(table, { ...key('p', 'r'), kind: 'delete' });
      assert.equal((await table.describe()).empty, true);
    },
  ),
  contractCase('describe: a table of an application uses no reserved names', async (subject) => {
    const table = await subject.open();
    await insert(table, row('_changeover', 'changeover', { text: RESERVED_ROW_PREFIX }));
    assert.deepEqual((await table.describe()).reservedNames, []);
  }),
  contractCase(
    'describe: names a reserved row that is in use',
    async (subject) => {
      const table = await subject.open({ reserved: true });
      await insert(table, row('p', `${RESERVED_ROW_PREFIX}meta`, { text: 'a' }));
      assert.match((await table.describe()).reservedNames.join('; '), /_changeover\.meta/);
    },
    reservedRows,
  ),
  contractCase(
    'describe: names a reserved property that is in use',
    async (subject) => {
      const table = await subject.open({ reserved: true });
      await insert(table, row('p', 'r', { [`${RESERVED_PROPERTY_PREFIX}tag`]: 'a' }));
      assert.match((await table.describe()).reservedNames.join('; '), /_changeover_tag/);
    },
    reservedRows,
  ),
  contractCase('describe: every change changes the change token', async (subject) => {
    const [table, other] = [await subject.open(), await subject.open()];
    await assertTokenChanges(table, other, { ...row('p', 'r', { text: '1' }), kind: 'insert' });
    await assertTokenChanges(table, other, {
      ...row('p', 'r', { text: '2' }),
      kind: 'replace',
      condition: '*',
    });
    await assertTokenChanges(table, other, { ...key('p', 'r'), kind: 'delete' });
  }),
];

/** A store that cannot tell has no token, neither before nor after. */
async function assertTokenChanges(table: Table, other: Table, write: Write): Promise<void> {
  const before = (await table.describe()).changeToken;
  await writeOne(other, write);
  const after = (await table.describe()).changeToken;
  if (before === undefined) assert.equal(after, undefined, 'a token that was unknown is known');
  else assert.notEqual(after, before, `the token after ${write.kind}`);
}
