import {
  type Change,
  hasProperties,
  isChange,
  isReservedRow,
  keyOf,
  type Properties,
  type Write,
  type WriteResult,
} from 'changeover/table';
import { writesReserved, writesReservedProperty } from '../layout/index.ts';
import { conditionFailed, expectationOf, outcomeOf } from './postgres-batch.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { PostgresFences, WriteRequest } from './postgres-fences.ts';
import { type MappedPut, mappedBatchText, mappedBatchValues, versionsOf } from './postgres-mapped-batch.ts';
import type { SchemaGuard } from './postgres-mapped-guard.ts';
import { isMerge, keyValues } from './postgres-mapped-problem.ts';
import type { MappedSchema } from './postgres-mapped-schema.ts';
import { type MappedSidecar, nameOfKey, reservedOf } from './postgres-mapped-sidecar.ts';
import { quoteTable } from './postgres-names.ts';
import type { Runs } from './postgres-registry.ts';
import type { Statement } from './postgres-statement.ts';

export interface MappedPlace {
  readonly connection: PostgresConnection;
  readonly schema: MappedSchema;
  readonly sidecar: MappedSidecar;
  readonly guard: SchemaGuard;
}

/**
 * Applies a batch of one partition: in one round trip, as long as nothing of the table is reserved; else with the sidecar
 * in one transaction.
 */
export async function writeMapped(
  place: MappedPlace,
  batch: readonly Write[],
  { fences, ...request }: WriteRequest,
): Promise<readonly WriteResult[]> {
  const { connection, sidecar, guard } = place;
  const reserves = batch.some(writesReserved);
  if (!reserves && !batch.some(({ rowKey }) => isReservedRow(rowKey))) {
    const [row] = await connection.write(batchStatement(place, batch, { locked: false, fences }), request);
    const outcome = outcomeOf(row ?? []);
    if (outcome.kind !== 'vague') return resultsOf(batch, row ?? []);
  } else if (reserves) {
    await sidecar.create(connection, [guard.holds, ...fences.texts]);
  }
  const changes = batch.filter(isChange);
  const locks =
    changes.length > 1 && changes.some((write) => write.kind === 'delete' && write.condition === undefined);
  const lock = locks ? `lock table ${tableOf(place)} in share row exclusive mode` : guard.holds;
  // What the transaction sees must not be of before the lock, so that the fences come behind it.
  return connection.transact(
    (session) => writeWithSidecar((statement) => session.run(statement), place, batch),
    { ...request, first: [lock, ...fences.texts] },
  );
}

/** Throws for the first write of the batch that fails, whichever of the two tables it is in. */
async function writeWithSidecar(
  run: Runs,
  place: MappedPlace,
  batch: readonly Write[],
): Promise<readonly WriteResult[]> {
  const { sidecar, guard } = place;
  const [users, reserved] = [placesOf(batch, false), placesOf(batch, true)];
  const results: WriteResult[] = batch.map(() => ({ version: undefined }));
  const failures: { index: number; error: unknown }[] = [];
  const writes = users.map((index) => batch[index] as Write);
  if (writes.length > 0) {
    const [row] = await run(batchStatement(place, writes, { locked: true }));
    const outcome = outcomeOf(row ?? []);
    if (outcome.kind === 'failed') {
      const index = users[outcome.index] ?? 0;
      failures.push({ index, error: conditionFailed(batch[index] as Write, index, outcome.present) });
    } else {
      resultsOf(writes, row ?? []).forEach((result, at) => (results[users[at] ?? 0] = result));
    }
  }
  const exists = await sidecar.exists(run, guard.unaltered);
  for (const index of reserved.filter((each) => failures.every((failure) => each < failure.index))) {
    const write = batch[index] as Write;
    // Only a check comes here without a sidecar, which any change would have made.
    if (!exists) throw conditionFailed(write, index, false);
    results[index] = await sidecar.apply(run, write, index);
  }
  if (exists && failures.length === 0) await setReservedProperties(run, sidecar, writes.filter(isChange));
  const [failure] = failures;
  if (failure) throw failure.error;
  return results;
}

/** A replace removes reserved properties that it does not have, and a merge leaves them. */
export async function setReservedProperties(
  run: Runs,
  sidecar: MappedSidecar,
  writes: readonly Change[],
): Promise<void> {
  const merges = writes.filter((write) => isMerge(write) && writesReservedProperty(write));
  const before = await sidecar.propertiesOf(run, merges);
  const changed = writes.filter((write) => !isMerge(write) || writesReservedProperty(write));
  const propertiesOf = (write: Change): Properties =>
    hasProperties(write) ? { ...before.get(nameOfKey(write)), ...reservedOf(write.properties) } : {};
  await sidecar.setProperties(
    run,
    changed.map((write) => ({ key: keyOf(write), properties: propertiesOf(write) })),
  );
}

function batchStatement(
  place: MappedPlace,
  batch: readonly Write[],
  { locked, fences }: { readonly locked: boolean; readonly fences?: PostgresFences },
): Statement {
  const { schema, sidecar, guard } = place;
  const puts = batch.map(
    (write): MappedPut => ({
      key: keyOf(write),
      values: keyValues(schema, write),
      expects: expectationOf(write),
      does: hasProperties(write) ? 'put' : write.kind,
      properties: hasProperties(write) ? write.properties : undefined,
      merges: isMerge(write),
    }),
  );
  const values = mappedBatchValues(schema, puts, { stamp: guard.stamp, locked });
  const text = mappedBatchText(schema, sidecar.existsSql, fences);
  return { text, values: [...values, ...(fences?.values ?? [])], prepared: true };
}

/** Throws what the batch failed by. */
function resultsOf(batch: readonly Write[], row: readonly (string | null)[]): readonly WriteResult[] {
  const outcome = outcomeOf(row);
  if (outcome.kind === 'failed') {
    throw conditionFailed(batch[outcome.index] as Write, outcome.index, outcome.present);
  }
  const versions = versionsOf(row[3]);
  return batch.map((_, index) => ({ version: versions.get(index) }));
}

function placesOf(batch: readonly Write[], reserved: boolean): readonly number[] {
  return batch.flatMap(({ rowKey }, index) => (isReservedRow(rowKey) === reserved ? [index] : []));
}

function tableOf({ schema }: MappedPlace): string {
  return quoteTable(schema.schema, schema.table);
}
