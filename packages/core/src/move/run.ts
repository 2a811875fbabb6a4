import type { OperationalError } from '../std/index.ts';
import type { Table } from '../table/index.ts';
import type { MoveStep } from './events.ts';
import type { Job } from './job.ts';
import { ProgressEvents } from './progress-events.ts';
import type { MoveContext, MoveRequest } from './request.ts';

/** One run of a job, by the process that holds its lock. */
export interface Run {
  readonly request: MoveRequest;
  readonly context: MoveContext;
  /** In the order of the request's tables; open for reading. */
  readonly sources: readonly Table[];
  readonly job: Job;
  /** Aborts when the caller's does, and when the lease is lost. */
  readonly signal: AbortSignal;
}

/** The progress of one table in one step, from what earlier runs did. */
export function progressOf(
  { request, context, job }: Run,
  step: MoveStep,
  table: number,
  before: { readonly rows: number; readonly bytes: number },
  totalRows: number | null,
): ProgressEvents {
  const at = { job: job.document.id, step, table: request.tables[table]?.source ?? '' };
  return new ProgressEvents(context.clock, at, before, totalRows, (event) => context.onEvent(event));
}

/** Says why rows of a table could not be compared. */
export function noticeFailure(
  { context, job }: Run,
  step: MoveStep,
  table: string,
  { code, message }: OperationalError,
): void {
  const text = `some rows of table ${JSON.stringify(table)} could not be compared: ${message}`;
  context.onEvent({ event: 'notice', job: job.document.id, step, code, message: text });
}

/** The sources' change tokens as they are now; null where a source has none. */
export async function changeTokens(sources: readonly Table[]): Promise<readonly (string | null)[]> {
  const tokens: (string | null)[] = [];
  for (const source of sources) tokens.push((await source.describe()).changeToken ?? null);
  return tokens;
}
