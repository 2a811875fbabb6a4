import assert from 'node:assert/strict';
import { isOperationalError } from '../../std/index.ts';
import type { TableErrorCode } from '../errors.ts';
import { keyOf } from '../key.ts';
import type { Table } from '../table.ts';
import {
  type ActiveFault,
  type ContractCase,
  type ContractSubject,
  contractCase,
  type FaultKind,
} from './contract-case.ts';
import { fault } from './need.ts';
import { OPERATIONS, type OperationSample, READS, SAMPLE_ROW, WRITES } from './operations.ts';
import { assertFails, assertPresent, assertTable, failureOf, fill, row } from './support.ts';

const CODES: Readonly<Record<FaultKind, TableErrorCode>> = {
  throttled: 'TABLE_THROTTLED',
  timedOut: 'TABLE_TIMEOUT',
  unavailable: 'TABLE_UNAVAILABLE',
};

const ROW = row('p', 'r', { text: 'a' });

export const faultCases: readonly ContractCase[] = (
  ['throttled', 'timedOut', 'unavailable'] as const
).flatMap((kind) => [
  ...READS.map((operation) =>
    contractCase(
      `${kind}: ${operation.name} fails, and is never taken for an absence`,
      (subject) => checkRead(subject, kind, operation),
      fault(kind),
    ),
  ),
  ...WRITES.map((operation) =>
    contractCase(
      `${kind}: ${operation.name} fails, and tells its effect truly`,
      (subject) => checkWrite(subject, kind, operation),
      fault(kind),
    ),
  ),
  contractCase(
    `${kind}: everything works again once it is over`,
    (subject) => checkRecovery(subject, kind),
    fault(kind),
  ),
]);

async function checkRead(subject: ContractSubject, kind: FaultKind, { run }: OperationSample): Promise<void> {
  const table = await filled(subject);
  const expected = await run(table);
  const active = await start(subject, kind);
  if (active.reads) await assertFails(run(table), CODES[kind]);
  else assert.deepEqual(await run(table), expected, 'a read that does not fail answers as ever');
  await active.lift();
}

async function checkWrite(
  subject: ContractSubject,
  kind: FaultKind,
  { run }: OperationSample,
): Promise<void> {
  const table = await filled(subject);
  const active = await start(subject, kind);
  const error = await failureOf(run(table));
  await active.lift();
  if (!active.writes) {
    assert.equal(error, undefined);
    return assertTable(table, [ROW, SAMPLE_ROW]);
  }
  assert.ok(isOperationalError(error), `${CODES[kind]} was expected, not ${String(error)}`);
  assert.equal(error.code, CODES[kind], error.message);
  const written = (await table.get(keyOf(SAMPLE_ROW))) !== undefined;
  if (error.effect !== 'unknown')
    assert.equal(written, error.effect === 'applied', `the effect ${error.effect} is untrue`);
  await assertTable(table, written ? [ROW, SAMPLE_ROW] : [ROW]);
}

async function checkRecovery(subject: ContractSubject, kind: FaultKind): Promise<void> {
  const table = await filled(subject);
  const active = await start(subject, kind);
  for (const { run } of OPERATIONS) await failureOf(run(table));
  await active.lift();
  for (const { run } of OPERATIONS) await run(table);
  await assertPresent(table, ROW);
  await assertPresent(await subject.open(), SAMPLE_ROW);
}

async function filled(subject: ContractSubject): Promise<Table> {
  const table = await subject.open();
  await fill(table, [ROW]);
  return table;
}

async function start(subject: ContractSubject, kind: FaultKind): Promise<ActiveFault> {
  const begin = subject.faults[kind];
  assert.ok(begin, `the factory offers the fault ${kind}`);
  return begin();
}
