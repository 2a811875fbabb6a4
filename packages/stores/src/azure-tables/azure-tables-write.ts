import { isCode } from 'changeover/std';
import {
  formatKey,
  keyOf,
  type Row,
  type RowKey,
  refusal,
  type TableErrorCode,
  type Write,
  type WriteResult,
} from 'changeover/table';
import { type BatchAnswer, type EntityWrite, sendWrites } from './azure-tables-batch.ts';
import { encodeRow } from './azure-tables-codec.ts';
import type { AzureTablesConnection } from './azure-tables-connection.ts';
import { azureTablesError, codeOf, isUnknown, type ServiceError } from './azure-tables-errors.ts';
import { canExist, rowPath } from './azure-tables-keys.ts';

export interface WritePlace {
  readonly connection: AzureTablesConnection;
  /** What the table is called at the service. */
  readonly stored: string;
  /** Reads a row, ours or an application's. */
  get(key: RowKey, signal: AbortSignal | undefined): Promise<Row | undefined>;
}

/** So often a batch that got no answer is sent once more. */
const RESENDS = 3;
/** The form of an ETag. Anything else would be refused as such, whatever the row is like. */
const ETAG = /^W\/"(?:[^"]|\\")*"$/;
/** An ETag that no row has: it is of before there was a service. */
const NO_ETAG = `W/"datetime'1601-01-01T00%3A00%3A00.0000000Z'"`;

/**
 * Applies a batch as a whole or not at all. Throws what the contract says of conditions. The service knows no
 * delete-if-exists: one comes alone, and one that meets no row is refused there, and done here.
 */
export async function writeBatch(
  place: WritePlace,
  batch: readonly Write[],
  signal: AbortSignal | undefined,
): Promise<readonly WriteResult[]> {
  const impossible = batch.findIndex((write) => !canExist(write));
  if (impossible >= 0) return answerAbsent(batch, impossible);
  const answer = await send(place, batch, signal);
  if (answer.ok) {
    return batch.map(({ kind }, index) => ({ version: kind === 'delete' ? undefined : answer.etags[index] }));
  }
  const index = answer.error.index ?? 0;
  if (codeOf(answer.error) === 'TABLE_ROW_ABSENT') return answerAbsent(batch, index);
  throw failureOf(place, batch, index, answer.error);
}

/** A delete without a condition has done what it should. Whatever else needs a row has failed. */
function answerAbsent(batch: readonly Write[], index: number): readonly WriteResult[] {
  const write = batch[index] as Write;
  if (write.kind === 'delete' && write.condition === undefined) return [{ version: undefined }];
  throw refusedWrite('TABLE_ROW_ABSENT', write, index);
}

/**
 * Sends a batch, and once more if it got no answer and a row still has the version that the batch asks for: then it was
 * not applied so far, and of the two that are under way only one can be.
 */
async function send(
  place: WritePlace,
  writes: readonly Write[],
  signal: AbortSignal | undefined,
): Promise<BatchAnswer> {
  const requests = writes.map((write) => requestOf(place.stored, write));
  for (let resends = 0, lost: unknown; ; resends += 1) {
    try {
      const answer = await sendWrites(place.connection, requests, signal);
      if (!answer.ok && isUnknown(answer.error))
        throw azureTablesError(answer.error, place.connection.location, { isWrite: true });
      // What is refused now may be because the lost one was applied.
      if (!answer.ok && lost !== undefined) throw lost;
      return answer;
    } catch (error) {
      if (error === lost) throw error;
      if (!isCode(error, 'TABLE_TIMEOUT', 'TABLE_UNAVAILABLE') || error.effect !== 'unknown')
        throw lost ?? error;
      lost ??= error;
      if (resends === RESENDS || !(await isUntouched(place, writes, signal))) throw lost;
    }
  }
}

/** Whether some row proves that the batch was not applied so far. What cannot be read proves nothing. */
async function isUntouched(
  { get }: WritePlace,
  writes: readonly Write[],
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const witness = writes.find(
    (write) => 'condition' in write && write.condition !== undefined && write.condition !== '*',
  );
  if (!witness || !('condition' in witness)) return false;
  try {
    return (await get(witness, signal))?.version === witness.condition;
  } catch (error) {
    if (isCode(error, 'TABLE_TIMEOUT', 'TABLE_UNAVAILABLE', 'TABLE_THROTTLED', 'TABLE_ABORTED')) return false;
    throw error;
  }
}

/** What the service is asked for. */
export function requestOf(stored: string, write: Write): EntityWrite {
  const path = `/${stored}${rowPath(write)}`;
  const ifMatch = 'condition' in write && write.condition !== undefined ? etagOf(write.condition) : undefined;
  switch (write.kind) {
    case 'insert':
      return { method: 'POST', path: `/${stored}`, ifMatch: undefined, body: encodeRow(write) };
    case 'replace':
    case 'upsertReplace':
      return { method: 'PUT', path, ifMatch, body: encodeRow(write) };
    case 'merge':
    case 'upsertMerge':
      return { method: 'PATCH', path, ifMatch, body: encodeRow(write) };
    case 'delete':
      return { method: 'DELETE', path, ifMatch: ifMatch ?? '*', body: undefined };
    case 'check':
      throw new TypeError('the manifest says that there are no checks');
  }
}

function etagOf(condition: string): string {
  return condition === '*' || ETAG.test(condition) ? condition : NO_ETAG;
}

function failureOf(
  { connection }: WritePlace,
  batch: readonly Write[],
  index: number,
  error: ServiceError,
): Error {
  const write = batch[index];
  const code = codeOf(error);
  if (write && Object.hasOwn(FAILURES, code)) return refusedWrite(code, write, index);
  return azureTablesError(error, connection.location, { isWrite: true, index });
}

function refusedWrite(code: TableErrorCode, write: Write, index: number): Error {
  const message = `write ${index} failed: row ${formatKey(write)} ${FAILURES[code]}`;
  return refusal(code, message, { index, key: keyOf(write) });
}

const FAILURES: Readonly<Record<string, string>> = {
  TABLE_ROW_EXISTS: 'exists',
  TABLE_ROW_ABSENT: 'does not exist',
  TABLE_VERSION_MISMATCH: 'has another version',
};
