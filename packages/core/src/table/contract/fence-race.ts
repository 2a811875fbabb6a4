import assert from 'node:assert/strict';
import { isCode } from '../../std/index.ts';
import type { RowData, Table, WriteOptions } from '../table.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { fencing } from './need.ts';
import { raise } from './raise.ts';
import { assertRows, assertTable, fill, key, manyRows, row, scanAll } from './support.ts';

/** A writer that goes on until it is refused. Its table tells exactly how many of its writes were applied. */
interface Writer {
  readonly name: string;
  /** What the table holds at the beginning. */
  readonly before: readonly RowData[];
  write(table: Table, index: number, options: WriteOptions): Promise<unknown>;
  /** What the table holds once the writes below `count` were applied. */
  after(count: number): readonly RowData[];
}

const ROWS = manyRows('p', 200);
const counter = (index: number) => row('p', 'counter', { text: String(index) });
const lastCounter = (count: number) => (count === 0 ? [] : [counter(count - 1)]);

const WRITERS: readonly Writer[] = [
  {
    name: 'a batch',
    before: [],
    write: (table, index, options) => table.write([{ ...counter(index), kind: 'upsertReplace' }], options),
    after: lastCounter,
  },
  {
    name: 'a load',
    before: [],
    write: (table, index, options) => table.load([counter(index)], options),
    after: lastCounter,
  },
  {
    name: 'an unconditional delete',
    before: ROWS,
    // Deleting what is gone already goes on to be applied.
    write: (table, index, options) =>
      table.write([{ ...key('p', ROWS[index]?.rowKey ?? 'none'), kind: 'delete' }], options),
    after: (count) => ROWS.slice(count),
  },
];

/** T14: raising a fence while writes are in flight. */
export const fenceRaceCases: readonly ContractCase[] = WRITERS.map((writer) =>
  contractCase(
    `fence: ${writer.name} in flight while it is raised comes before that, or is refused`,
    (subject) => race(subject, writer),
    fencing,
  ),
);

/** Once a raise has returned, the table must never change again, and must hold just what was acknowledged. */
async function race(subject: ContractSubject, writer: Writer): Promise<void> {
  const [writing, reading] = [await subject.open(), await subject.open()];
  for (let round = 0; round < 5; round += 1) {
    await fill(writing, writer.before);
    const fences = [await raise(subject.store, 'f')];
    const progress = { raised: false };
    const [applied, seen] = await Promise.all([
      writeUntilRefused(writing, writer, { fences }, progress),
      raiseAndLook(subject, reading, progress),
    ]);
    await assertTable(reading, seen);
    assertRows(seen, writer.after(applied));
    for (const { partitionKey, rowKey } of seen) {
      await reading.write([{ kind: 'delete', partitionKey, rowKey }]);
    }
  }
}

async function raiseAndLook(
  { store }: ContractSubject,
  table: Table,
  progress: { raised: boolean },
): Promise<readonly RowData[]> {
  await raise(store, 'f');
  progress.raised = true;
  return scanAll(table);
}

/** How many writes were applied. None that began after the raise may be. */
async function writeUntilRefused(
  table: Table,
  writer: Writer,
  options: WriteOptions,
  progress: { readonly raised: boolean },
): Promise<number> {
  for (let count = 0; ; count += 1) {
    const late = progress.raised;
    try {
      await writer.write(table, count, options);
    } catch (error) {
      if (isCode(error, 'TABLE_FENCED')) return count;
      throw error;
    }
    assert.ok(!late, 'a write that began after its fence was raised was applied');
  }
}
