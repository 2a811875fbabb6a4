import assert from 'node:assert/strict';
import { effectOf, isCode } from '../../std/index.ts';
import { keyOf } from '../key.ts';
import type { Table } from '../table.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { readOnlyHandle } from './need.ts';
import { OPERATIONS, READS, SAMPLE_ROW, WRITES } from './operations.ts';
import { assertFails, assertPresent, assertTable, failureOf, fill, insert, row } from './support.ts';

const ROW = row('p', 'r', { text: 'a' });

/** T4: closed, aborted and read-only handles. */
export const lifecycleCases: readonly ContractCase[] = [
  ...OPERATIONS.map(({ name, run }) =>
    contractCase(`closed: ${name} fails on a closed handle`, async (subject) => {
      const [table, other] = [await subject.open(), await subject.open()];
      await insert(other, ROW);
      await table.close();
      await assertFails(run(table), 'TABLE_CLOSED');
      await assertTable(other, [ROW]);
    }),
  ),
  contractCase('closed: closing a handle twice is no error', async (subject) => {
    const table = await subject.open();
    await table.close();
    await table.close();
    await assertFails(table.scan(), 'TABLE_CLOSED');
  }),
  contractCase('closed: closing one handle leaves the others open', async (subject) => {
    const [one, other] = [await subject.open(), await subject.open()];
    await one.close();
    await assertFails(one.scan(), 'TABLE_CLOSED');
    await insert(other, ROW);
    await assertPresent(other, ROW);
  }),
  contractCase('closed: closing the store closes its tables', async (subject) => {
    const table = await subject.open();
    await subject.store.close();
    for (const { run } of OPERATIONS) await assertFails(run(table), 'TABLE_CLOSED');
  }),
  ...OPERATIONS.map(({ name, run }) =>
    contractCase(`aborted: ${name} does nothing if it is aborted before it begins`, async (subject) => {
      const table = await subject.open();
      await insert(table, ROW);
      await assertFails(run(table, { signal: AbortSignal.abort() }), 'TABLE_ABORTED');
      await assertTable(table, [ROW]);
    }),
  ),
  ...WRITES.map(({ name, run }) =>
    contractCase(`aborted: ${name} tells its effect truly if it is aborted as it runs`, async (subject) => {
      const table = await subject.open();
      const controller = new AbortController();
      const running = failureOf(run(table, { signal: controller.signal }));
      controller.abort();
      const error = await running;
      const written = (await table.get(keyOf(SAMPLE_ROW))) !== undefined;
      const effect = error === undefined ? 'applied' : effectOf(error);
      if (effect !== 'unknown') assert.equal(written, effect === 'applied', `the effect ${effect} is untrue`);
      assert.ok(error === undefined || isCode(error, 'TABLE_ABORTED'), 'a write fails for no other reason');
    }),
  ),
  contractCase('aborted: a signal that does not abort changes nothing', async (subject) => {
    const table = await subject.open();
    await insert(table, ROW);
    const { signal } = new AbortController();
    for (const { run } of OPERATIONS) await run(table, { signal });
    await assertPresent(table, ROW);
  }),
  ...WRITES.map(({ name, run }) =>
    contractCase(
      `read-only: ${name} is refused`,
      async (subject) => {
        const table = await subject.open();
        await fill(table, [ROW]);
        await assertFails(run(await readOnly(subject)), 'TABLE_READ_ONLY');
        await assertTable(table, [ROW]);
      },
      readOnlyHandle,
    ),
  ),
  contractCase(
    'read-only: every read works',
    async (subject) => {
      await fill(await subject.open(), [ROW]);
      const table = await readOnly(subject);
      for (const { run } of READS) await run(table);
      await assertPresent(table, ROW);
      await assertTable(table, [ROW]);
    },
    readOnlyHandle,
  ),
];

async function readOnly(subject: ContractSubject): Promise<Table> {
  assert.ok(subject.openReadOnly, 'the factory offers a read-only handle');
  return subject.openReadOnly();
}
