import type { Change, OperationOptions, Write, WriteResult } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { AGAIN, type Attempted, answer, type Client } from './client.ts';
import type { Send } from './decide.ts';
import { decideAlone, decideAloneUnread, unfenced } from './decide-alone.ts';
import { keysAre } from './filters.ts';
import { readSide } from './read-side.ts';
import { phaseOver, refusedWrite } from './refusal.ts';
import type { Side } from './side.ts';
import { mayLack } from './standing.ts';
import { passThrough } from './translate.ts';
import { resultsOf } from './write-managed.ts';

type Written = Attempted<readonly WriteResult[]> & { readonly read?: boolean };

/** A batch where everything is on one side, and its rows are as the application wrote them. */
export function writeClean(
  client: Client,
  batch: readonly Write[],
  side: Side,
  options: OperationOptions,
): Promise<Written> {
  const writes = batch.map((write) => passThrough(side, write));
  return send(client, batch, unfenced(side, writes, 'answers'), options);
}

/** One attempt at a batch where everything is on one side, and rows may still carry what is hidden. */
export async function writeAlone(
  client: Client,
  batch: readonly Change[],
  side: Side,
  options: OperationOptions,
  read: boolean,
): Promise<Written> {
  const unread = read ? undefined : decideAloneUnread(batch, side);
  if (unread) return send(client, batch, unread, options);
  const [{ partitionKey }] = batch as [Write];
  const filter = keysAre(batch.map(({ rowKey }) => rowKey));
  const { meta, rows } = await readSide(client, side, partitionKey, { ...options, filter });
  // Nothing may be refused for what this side does not have. What would be applied is stopped by the phase's fence.
  if (mayLack(meta)) return { kind: 'late', error: phaseOver(partitionKey, side) };
  const decision = decideAlone(batch, side, rows);
  if (decision.kind === 'help') return AGAIN;
  if (decision.kind === 'send') return send(client, batch, decision, options);
  const { code, index } = decision;
  return { kind: 'error', error: refusedWrite(code, batch[index] as Write, index) };
}

async function send(
  client: Client,
  batch: readonly Write[],
  decision: Send,
  options: OperationOptions,
): Promise<Written> {
  const { side, refusals } = decision;
  const outcome = await attempt(client.guarded[side], decision.writes, options);
  switch (outcome.kind) {
    case 'done':
      return answer(resultsOf(batch, side, outcome.results));
    case 'unknown':
      client.unresolved(side);
      throw outcome.error;
    case 'refused': {
      if (refusals === 'races') return { kind: 'again', read: true };
      const { code, index } = outcome;
      return { kind: 'error', error: refusedWrite(code, batch[index] as Write, index) };
    }
  }
}
