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

/** T3, T4: what an outage looks like. */
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
  await during(subject, kind, async ({ reads }) => {
    if (reads) await assertFails(run(table), CODES[kind]);
    else assert.deepEqual(await run(table), expected, 'a read that does not fail answers as ever');
  });
}

async function checkWrite(
  subject: ContractSubject,
  kind: FaultKind,
  { run }: OperationSample,
): Promise<void> {
  const table = await filled(subject);
  const { error, writes } = await during(subject, kind, async (active) => {
    return { writes: active.writes, error: await failureOf(run(table)) };
  });
  const written = (await table.get(keyOf(SAMPLE_ROW))) !== undefined;
  await assertTable(table, written ? [ROW, SAMPLE_ROW] : [ROW]);
  if (!writes) {
    assert.equal(error, undefined, 'a write that does not fail works as ever');
    assert.ok(written, 'a write that did not fail left nothing');
    return;
  }
  assert.ok(isOperationalError(error), `${CODES[kind]} was expected, not ${String(error)}`);
  assert.equal(error.code, CODES[kind], error.message);
  const known = error.effect !== 'unknown';
  if (known) assert.equal(written, error.effect === 'applied', `the effect ${error.effect} is untrue`);
}

async function checkRecovery(subject: ContractSubject, kind: FaultKind): Promise<void> {
  const table = await filled(subject);
  await during(subject, kind, async () => {
    for (const { run } of OPERATIONS) await failureOf(run(table));
  });
  for (const { run } of OPERATIONS) await run(table);
  await assertPresent(table, ROW);
  await assertPresent(await subject.open(), SAMPLE_ROW);
}

async function filled(subject: ContractSubject): Promise<Table> {
  const table = await subject.open();
  await fill(table, [ROW]);
  return table;
}

/** Does the work while the fault lasts, and lifts it whatever comes of the work. */
async function during<T>(
  subject: ContractSubject,
  kind: FaultKind,
  work: (active: ActiveFault) => Promise<T>,
): Promise<T> {
  const begin = subject.faults[kind];
  assert.ok(begin, `the factory offers the fault ${kind}`);
  const active = await begin();
  try {
    return await work(active);
  } finally {
    await active.lift();
  }
}
