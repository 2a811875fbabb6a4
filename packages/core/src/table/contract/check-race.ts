import assert from 'node:assert/strict';
import { isCode } from '../../std/index.ts';
import { compareKeys } from '../key.ts';
import type { Change, Condition, RowData, Table, Version } from '../table.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { batchOf, checks } from './need.ts';
import { assertRows, assertTable, insert, key, row, scanAll, writeOne } from './support.ts';

/** How the row is taken from those who check it. */
interface Taking {
  readonly name: string;
  conditionOf(version: Version): Condition;
  readonly write: Change;
  readonly leaves: readonly RowData[];
}

const CHECKED = row('p', 'checked', { text: 'checked' });
const TAKEN = row('p', 'checked', { text: 'taken' });

const TAKINGS: readonly Taking[] = [
  {
    name: 'is deleted',
    conditionOf: () => '*',
    write: { ...key('p', 'checked'), kind: 'delete', condition: '*' },
    leaves: [],
  },
  {
    name: 'gets another version',
    conditionOf: (version) => version,
    write: { ...TAKEN, kind: 'replace', condition: '*' },
    leaves: [TAKEN],
  },
];

const counter = (writer: string, count: number) => row('p', writer, { text: String(count) });
/** Some of the keys come before that of the row that is checked, and some behind it. */
const WRITERS = ['a', 'b', 'y', 'z'];

/** T15: taking a row while batches that check it are in flight. */
export const checkRaceCases: readonly ContractCase[] = TAKINGS.map((taking) =>
  contractCase(
    `check: batches in flight while the row that they check ${taking.name} come before that, or fail`,
    (subject) => race(subject, taking),
    checks,
    batchOf(2),
  ),
);

/** Once the row was taken, the table must never change again, and must hold just what was acknowledged. */
async function race(subject: ContractSubject, { conditionOf, write, leaves }: Taking): Promise<void> {
  const taking = await subject.open();
  for (let round = 0; round < 5; round += 1) {
    const condition = conditionOf(await insert(taking, CHECKED));
    const progress = { taken: false };
    const take = async () => {
      await scanAll(taking);
      await writePatiently(taking, write);
      progress.taken = true;
      return scanAll(taking);
    };
    const writing = WRITERS.map(async (writer) =>
      writeUntilRefused(await subject.open(), writer, condition, progress),
    );
    const [seen, ...counts] = await Promise.all([take(), ...writing]);
    await assertTable(taking, seen);
    const written = WRITERS.flatMap((writer, index) => {
      const count = counts[index] ?? 0;
      return count === 0 ? [] : [counter(writer, count)];
    });
    assertRows(seen, [...written, ...leaves].toSorted(compareKeys));
    for (const { partitionKey, rowKey } of seen) {
      await taking.write([{ kind: 'delete', partitionKey, rowKey }]);
    }
  }
}

/** How many writes were applied. None that began after the row was taken may be. */
async function writeUntilRefused(
  table: Table,
  writer: string,
  condition: Condition,
  progress: { readonly taken: boolean },
): Promise<number> {
  for (let count = 0; ; count += 1) {
    const late = progress.taken;
    try {
      await table.write([
        { ...counter(writer, count + 1), kind: 'upsertReplace' },
        { ...key('p', 'checked'), kind: 'check', condition },
      ]);
    } catch (error) {
      if (isCode(error, 'TABLE_ROW_ABSENT', 'TABLE_VERSION_MISMATCH')) return count;
      throw error;
    }
    assert.ok(!late, 'a batch that began after its row was taken was applied');
  }
}

/** Who shares a lock can keep out who wants it alone; that is told, and has no effect. */
async function writePatiently(table: Table, write: Change): Promise<void> {
  for (;;) {
    try {
      await writeOne(table, write);
      return;
    } catch (error) {
      if (!isCode(error, 'TABLE_THROTTLED')) throw error;
    }
  }
}
