import { isOperationalError } from '../std/index.ts';
import type { Change, OperationOptions, Write, WriteResult } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { AGAIN, type Attempted, answer, type Client } from './client.ts';
import { type Context, decide, type Send } from './decide.ts';
import { decideUnread } from './decide-unread.ts';
import { keysAre } from './filters.ts';
import { resolveLost } from './lost-reply.ts';
import { type RefusalCode, refusedWrite } from './refusal.ts';
import { birthWrites, isDeleteIfExists, requestOf } from './request.ts';
import { see } from './see.ts';
import { ownerOf, type Side } from './side.ts';
import { type Metas, openStep, tryToTake, unbegun } from './turn.ts';
import { taggedVersion } from './virtual-version.ts';

export interface Managing extends OperationOptions {
  readonly born: Side;
  /** The plan that partitions are marked with that are born now. */
  readonly plan: number;
}

/** One attempt at a batch in a managed phase. `read` says that sending without reading has failed already. */
export async function writeManaged(
  client: Client,
  batch: readonly Change[],
  { born, plan, ...options }: Managing,
  read: boolean,
): Promise<Attempted<readonly WriteResult[]> & { readonly read?: boolean }> {
  const { partitionKey } = batch[0] as Write;
  const context: Context = {
    born,
    plan,
    operation: client.newOperation?.(),
    conditional: client.newOperation !== undefined,
  };
  const hint = client.hints.get(partitionKey);
  const unread = hint && !read ? decideUnread(batch, hint, context) : undefined;
  if (unread) return send(client, batch, unread, { operation: context.operation, ...options });
  const sighting = await see(client, partitionKey, {
    ...options,
    filter: keysAre(batch.map(({ rowKey }) => rowKey)),
  });
  if (sighting.kind === 'torn') return AGAIN;
  if (sighting.kind === 'alone') return sighting;
  const decision = decide(batch, sighting.seen, context);
  if (decision.kind === 'refuse') {
    const { code, index } = decision;
    return { kind: 'error', error: refusedWrite(code, batch[index] as Write, index) };
  }
  if (decision.kind === 'send')
    return send(client, batch, decision, { operation: context.operation, ...options });
  await help(client, partitionKey, sighting.metas, { born, plan, ...options });
  return AGAIN;
}

interface Sending extends OperationOptions {
  readonly operation: string | undefined;
}

async function send(
  client: Client,
  batch: readonly Write[],
  decision: Send,
  { operation, ...options }: Sending,
): Promise<Attempted<readonly WriteResult[]> & { readonly read?: boolean }> {
  const { side, refusals, birth } = decision;
  const { partitionKey } = batch[0] as Write;
  const table = birth === undefined ? client.sides[side] : client.guarded[side];
  const request = requestOf(decision, table.manifest);
  // A full batch has no room for two rows of ours: then the marks go before it.
  if (birth !== undefined && request.batch.length > table.manifest.atomicBatch.rows) {
    await attempt(table, birthWrites(partitionKey, birth), options);
    return AGAIN;
  }
  const outcome = await attempt(table, request.batch, options);
  if (outcome.kind === 'done') {
    if (decision.fence) client.hints.set(partitionKey, decision.fence);
    return answer(resultsOf(batch, side, outcome.results.slice(request.ours)));
  }
  if (outcome.kind === 'unknown') {
    if (birth !== undefined) return settleBirth(client, partitionKey, birth, outcome.error, options);
    const carries = operation !== undefined && decision.fence && decision.fence.epoch > 0;
    if (!carries) throw outcome.error;
    return resolveLost(client, batch, decision, operation, outcome.error, options);
  }
  const index = outcome.index - request.ours;
  if (index < 0) client.hints.forget(partitionKey);
  if (index < 0 || refusals === 'races') return { kind: 'again', read: true };
  if (isNeedless(batch[index] as Write, outcome.code)) return answer([{ version: undefined }]);
  return { kind: 'error', error: refusedWrite(outcome.code, batch[index] as Write, index) };
}

/** A delete that met no row where it had to say that there is one: it came alone, and has done what it should. */
function isNeedless(write: Write, code: RefusalCode): boolean {
  return isDeleteIfExists(write) && code === 'TABLE_ROW_ABSENT';
}

/**
 * The first batch of a partition got no answer. Were it let go, it could arrive behind the workers and open the source. So
 * its marks are put there now: whichever of the two is second must fail (R12). If ours was first, the other never will be
 * applied.
 */
async function settleBirth(
  client: Client,
  partitionKey: string,
  plan: number,
  error: unknown,
  options: OperationOptions,
): Promise<Attempted<readonly WriteResult[]>> {
  try {
    const outcome = await attempt(client.guarded.source, birthWrites(partitionKey, plan), options);
    if (outcome.kind === 'done') return AGAIN;
    if (outcome.kind === 'unknown') client.unresolved('source');
  } catch (failure) {
    if (!isOperationalError(failure)) throw failure;
    client.unresolved('source');
  }
  throw error;
}

/** The versions as the application shall know them; a delete gives none, though it may have written a tombstone. */
export function resultsOf(
  batch: readonly Write[],
  side: Side,
  results: readonly WriteResult[],
): readonly WriteResult[] {
  return results.map(({ version }, index) => {
    const gone = batch[index]?.kind === 'delete' || version === undefined;
    return { version: gone ? undefined : taggedVersion(side, version) };
  });
}

/**
 * Takes the step that stands between a writer and an owner who is open, from what the writer has seen. If that gets no
 * answer it may still arrive, and behind the workers it would open a partition that they believe to have seen. So it is taken
 * again at once: whichever of the two is second fails (R12).
 */
async function help(
  { guarded: sides, unresolved }: Client,
  partitionKey: string,
  metas: Metas,
  { plan, ...options }: Managing,
): Promise<void> {
  const work = { sides, partitionKey, plan, ...options };
  const last = metas[ownerOf(Math.max(metas.source?.epoch ?? 0, metas.target?.epoch ?? -1))];
  const step = last
    ? openStep(metas, last, Math.max(last.plan, plan))
    : ({ kind: 'bear', meta: unbegun(plan, true) } as const);
  const outcome = await tryToTake(work, step);
  if (outcome === 'unknown' && (await tryToTake(work, step)) === 'unknown')
    unresolved(ownerOf(step.meta.epoch));
}
