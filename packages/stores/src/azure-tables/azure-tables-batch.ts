import { randomUUID } from 'node:crypto';
import { TableError } from 'changeover/table';
import type { AzureTablesConnection } from './azure-tables-connection.ts';
import { readServiceError, type ServiceError } from './azure-tables-errors.ts';

/** One write, as a request of its own or as a part of a transaction. */
export interface EntityWrite {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the endpoint. */
  readonly path: string;
  readonly ifMatch: string | undefined;
  readonly body: string | undefined;
}

/** The ETags that the writes gave their rows, or the first refusal, which stopped all of them. */
export type BatchAnswer =
  | { readonly ok: true; readonly etags: readonly (string | undefined)[] }
  | { readonly ok: false; readonly error: ServiceError };

type Endpoint = Pick<AzureTablesConnection, 'endpoint' | 'flavour'>;

/** The service's limit to the text of a transaction. */
const PAYLOAD_BYTES = 4 * 1024 * 1024;
const CRLF = '\r\n';

/** Sends writes to rows of one partition as one transaction; one alone goes without the ceremony. */
export async function sendWrites(
  connection: AzureTablesConnection,
  writes: readonly EntityWrite[],
  signal: AbortSignal | undefined,
): Promise<BatchAnswer> {
  const [first] = writes;
  if (writes.length === 1 && first) return sendOne(connection, first, signal);
  const id = randomUUID();
  const answer = await connection.send({
    method: 'POST',
    path: '/$batch',
    headers: { 'Content-Type': `multipart/mixed; boundary=batch_${id}` },
    body: bodyOf(connection, writes, id),
    isWrite: true,
    signal,
  });
  return answer.ok ? readAnswer(answer.body, writes, connection.location) : answer;
}

async function sendOne(
  connection: AzureTablesConnection,
  { method, path, ifMatch, body }: EntityWrite,
  signal: AbortSignal | undefined,
): Promise<BatchAnswer> {
  const headers = headersOf(ifMatch, body);
  const request = { method, path, headers, isWrite: true, signal, ...(body === undefined ? {} : { body }) };
  const answer = await connection.send(request);
  return answer.ok
    ? { ok: true, etags: [answer.header('etag')] }
    : { ...answer, error: { ...answer.error, index: 0 } };
}

/** Throws `TABLE_TOO_LARGE`, since the limit is to a text that nobody but us knows. */
function bodyOf(place: Endpoint, writes: readonly EntityWrite[], id: string): string {
  const parts = writes.map((write) => partOf(place, write, id)).join('');
  const body = [
    `--batch_${id}`,
    `Content-Type: multipart/mixed; boundary=changeset_${id}`,
    '',
    `${parts}--changeset_${id}--`,
    `--batch_${id}--`,
    '',
  ].join(CRLF);
  const bytes = Buffer.byteLength(body);
  if (bytes <= PAYLOAD_BYTES) return body;
  const message = `a batch that takes ${bytes} bytes on its way exceeds the service's ${PAYLOAD_BYTES}`;
  throw new TableError('TABLE_TOO_LARGE', message, { effect: 'none' });
}

function partOf(
  { endpoint, flavour }: Endpoint,
  { method, path, ifMatch, body }: EntityWrite,
  id: string,
): string {
  const isMerge = flavour === 'cosmos' && method === 'PATCH';
  const headers = Object.entries({
    Accept: 'application/json;odata=minimalmetadata',
    DataServiceVersion: '3.0',
    ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    ...(isMerge ? { 'X-HTTP-Method': 'MERGE' } : {}),
    ...headersOf(ifMatch, body),
  });
  return [
    `--changeset_${id}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    '',
    `${isMerge ? 'POST' : method} ${endpoint}${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    body ?? '',
    '',
  ].join(CRLF);
}

function headersOf(ifMatch: string | undefined, body: string | undefined): Record<string, string> {
  return {
    ...(body === undefined ? {} : { Prefer: 'return-no-content' }),
    ...(ifMatch === undefined ? {} : { 'If-Match': ifMatch }),
  };
}

/** What a write takes of the text of a transaction. */
export function payloadBytes(place: Endpoint, write: EntityWrite): number {
  return Buffer.byteLength(partOf(place, write, '00000000-0000-0000-0000-000000000000'));
}

export const PAYLOAD_ROOM = PAYLOAD_BYTES - 1024;

function readAnswer(body: string, writes: readonly EntityWrite[], location: string): BatchAnswer {
  const parts = body.split(/^HTTP\/1\.1 /m).slice(1);
  for (const part of parts) {
    const status = Number(part.slice(0, 3));
    if (status < 400) continue;
    const error = readServiceError(status, undefined, /^\{.*\}\s*$/m.exec(part)?.[0] ?? part);
    return { ok: false, error: { ...error, index: error.index ?? 0 } };
  }
  if (parts.length === writes.length) {
    return { ok: true, etags: parts.map((part) => /^ETag: *(.*?)\r?$/im.exec(part)?.[1]) };
  }
  const message = `${location}: the service answered ${parts.length} of ${writes.length} writes`;
  throw new TableError('TABLE_UNAVAILABLE', message, { effect: 'unknown' });
}
