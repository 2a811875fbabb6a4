import {
  decodeProperties,
  encodeProperties,
  hasProperties,
  type RowData,
  TableError,
  type Write,
  type WriteResult,
} from 'changeover/table';
import { writesReserved } from '../layout/index.ts';
import {
  type BatchOutcome,
  type BatchPlace,
  batchText,
  batchValues,
  conditionFailed,
  expectationOf,
  GOES_AHEAD,
  outcomeOf,
  type Put,
  raisedFailure,
  raisingText,
} from './postgres-batch.ts';
import { storedText } from './postgres-codec.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import type { PostgresFences, WriteRequest } from './postgres-fences.ts';
import { quoteText } from './postgres-names.ts';
import type { PostgresRegistry, Runs } from './postgres-registry.ts';
import { singleRaisingText, singleStatement } from './postgres-single.ts';
import type { Statement } from './postgres-statement.ts';
import { isUpsert, upsertStatement } from './postgres-upsert.ts';

/** How often a merge is worked out anew because somebody else changed the row in between. */
const MERGES_MAX = 50;

export interface WritePlace extends BatchPlace {
  readonly name: string;
  readonly registry: PostgresRegistry;
}

/**
 * Applies a batch of one partition, in one round trip; with merges two, since what is merged must be read. Throws what
 * a condition says, what {@link PostgresFences.tell} makes `TABLE_FENCED`, and `TABLE_THROTTLED` if others change the
 * same rows all the time.
 */
export async function writeBatch(
  connection: PostgresConnection,
  place: WritePlace,
  batch: readonly Write[],
  request: WriteRequest,
): Promise<readonly WriteResult[]> {
  for (let attempt = 1; attempt <= MERGES_MAX; attempt += 1) {
    const puts = await prepare((statement) => connection.read(statement, request), place, batch);
    const outcome = await applyPuts(connection, place, batch, puts, request);
    if (outcome) return outcome;
  }
  throw new TableError('TABLE_THROTTLED', `table ${place.name}: others change the same rows all the time`, {
    effect: 'none',
  });
}

/** Applies a batch of one write inside a transaction, which its failure stops, and which has passed its fences. */
export async function writeWithin(
  run: Runs,
  place: WritePlace,
  write: Write,
  index: number,
): Promise<WriteResult> {
  const [put] = await prepare(run, place, [write]);
  const [row] = await run(statementOf(place, [write], put ? [put] : [], { locked: false }));
  const outcome = outcomeOf(row ?? []);
  if (outcome.kind === 'failed') throw conditionFailed(write, index, outcome.present);
  return resultOf(write, outcome.kind === 'done' ? outcome.version : '');
}

/** A write as a text without parameters that fails where its condition does. Not for merges, which have to be read. */
export function writeText(place: WritePlace, write: Write, index: number): string {
  const put = { write, expects: expectationOf(write), encoded: encodedOf(write) };
  const note = noteOf(place, [write]);
  return note === undefined ? singleRaisingText(place, put, index) : raisingText(place, note, put, index);
}

/** Undefined if a row that was merged had changed. */
async function applyPuts(
  connection: PostgresConnection,
  place: WritePlace,
  batch: readonly Write[],
  puts: readonly Put[],
  { fences, ...request }: WriteRequest,
): Promise<readonly WriteResult[] | undefined> {
  let outcome = await connection
    .write(statementOf(place, batch, puts, { locked: false, fences }), request)
    .then(([row]) => outcomeOf(row ?? []), raisedOutcome);
  if (outcome.kind === 'vague') {
    // What the transaction sees must not be of before the lock, so that the fences come behind it.
    const first = [`lock table ${place.table} in share row exclusive mode`];
    outcome = await connection.transact(
      async (session) => {
        const [locked] = await session.run(statementOf(place, batch, puts, { locked: true, fences }));
        return outcomeOf(locked ?? []);
      },
      { ...request, first },
    );
  }
  if (outcome.kind === 'failed') {
    const { write, expects } = puts[outcome.index] as Put;
    const asked = expectationOf(write);
    const isAnswer = expects === asked || (asked === '*' && !outcome.present);
    if (!isAnswer) return undefined;
    throw conditionFailed(write, outcome.index, outcome.present);
  }
  const version = outcome.kind === 'done' ? outcome.version : '';
  return batch.map((write) => resultOf(write, version));
}

/** What became of a batch whose statement failed, if that is how it told of a condition. */
function raisedOutcome(error: unknown): BatchOutcome {
  const failure = error instanceof TableError ? raisedFailure(error.message) : undefined;
  if (!failure) throw error;
  return { kind: 'failed', ...failure };
}

function resultOf(write: Write, version: string): WriteResult {
  return { version: hasProperties(write) ? version : undefined };
}

/** A batch with merges worked out, on condition that what they are based on stays as it is. */
async function prepare(run: Runs, { table }: WritePlace, batch: readonly Write[]): Promise<readonly Put[]> {
  const merges = batch.filter(({ kind }) => kind === 'merge' || kind === 'upsertMerge');
  if (merges.length === 0)
    return batch.map((write) => ({ write, expects: expectationOf(write), encoded: encodedOf(write) }));
  const text = `select row_key, version, properties from ${table} where partition_key = $1 and row_key = any ($2)`;
  const keys = merges.map(({ rowKey }) => storedText(rowKey));
  const values = [storedText(merges[0]?.partitionKey ?? ''), keys];
  const found = new Map((await run({ text, values, prepared: true })).map(([key, ...rest]) => [key, rest]));
  return batch.map((write) => {
    const [version, properties] = merges.includes(write) ? (found.get(storedText(write.rowKey)) ?? []) : [];
    return typeof version === 'string' && hasProperties(write)
      ? mergedPut(write, version, properties ?? '{}')
      : { write, expects: absentExpectation(write), encoded: encodedOf(write) };
  });
}

function mergedPut(write: Write & RowData, version: string, properties: string): Put {
  const encoded = encodeProperties({ ...decodeProperties(properties), ...write.properties });
  const asked = expectationOf(write);
  // A version that the caller expects stays what is expected, so that it fails as the caller's own condition.
  return { write, encoded, expects: asked === null || asked === '*' ? `=${version}` : asked };
}

/** A row that comes into being after it was looked for must be merged into, and so fails the write once. */
function absentExpectation(write: Write): Put['expects'] {
  if (write.kind === 'upsertMerge') return '!';
  const asked = expectationOf(write);
  return write.kind === 'merge' && asked === '*' ? NO_VERSION : asked;
}

/** What no row fulfils. */
const NO_VERSION = '=';

function encodedOf(write: Write): string | null {
  return hasProperties(write) ? encodeProperties(write.properties) : null;
}

function statementOf(
  place: WritePlace,
  batch: readonly Write[],
  puts: readonly Put[],
  { locked, fences }: { readonly locked: boolean; readonly fences?: PostgresFences },
): Statement {
  const note = noteOf(place, batch);
  const [first] = puts;
  if (puts.length === 1 && first && note === undefined) return singleStatement(place, first, fences);
  if (note === undefined && !fences?.values.length && isUpsert(puts)) return upsertStatement(place, puts);
  const values = batchValues(batch[0]?.partitionKey ?? '', puts, locked);
  const text = batchText(place, note, undefined, fences);
  return { text, values: [...values, ...(fences?.values ?? [])], prepared: true };
}

function noteOf({ name, registry }: WritePlace, batch: readonly Write[]): string | undefined {
  return batch.some(writesReserved) ? registry.noteReserved(quoteText(name), GOES_AHEAD) : undefined;
}
