import { isOperationalError } from '../std/index.ts';
import { type OperationOptions, TableError, type Write, type WriteResult } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { AGAIN, type Attempted, answer, type Client } from './client.ts';
import type { Send } from './decide.ts';
import { keysAre } from './filters.ts';
import { readSide, type SideView } from './read-side.ts';
import { requestOf } from './request.ts';
import { taggedVersion, virtualVersion } from './virtual-version.ts';

/** So often a batch is looked for, or sent once more, before its caller hears that nobody knows. */
const LOOKS = 8;

/** What the rows say of a batch that got no answer. */
type Evidence =
  /** It was applied. The versions that it gave, or undefined where they were overwritten since. */
  | { readonly kind: 'applied'; readonly results: readonly WriteResult[] | undefined }
  /** It was not applied so far, and will be if it arrives, or is sent, now. */
  | { readonly kind: 'not yet' }
  /** It was not applied, and cannot be any more: its fence is gone. */
  | { readonly kind: 'never' }
  | { readonly kind: 'none' };

/**
 * Looks for traces of a batch whose rows carry the id of its operation. Pure.
 *
 * A row that is still as it was when the batch was made says that it was not applied: versions never come again. A row
 * that is still *absent* says so only as long as nobody can have deleted it physically (R13): not once the partition is
 * complete, nor in one that began on the target, which those who use that alone may meet before it is brought.
 */
function evidenceOf(
  batch: readonly Write[],
  { writes, fence }: Send,
  operation: string,
  { meta, rows }: SideView,
): Evidence {
  const mine = writes.map(({ rowKey }) => rows.get(rowKey)).filter((row) => row?.operation === operation);
  if (mine.length > 0) {
    const results = batch.map(({ kind, rowKey }): WriteResult | undefined => {
      if (kind === 'delete') return { version: undefined };
      const row = rows.get(rowKey);
      // It may have been copied there and back since, and is known by the version that it had first.
      return row?.operation === operation ? { version: virtualVersion(row) } : undefined;
    });
    const known = results.filter((result) => result !== undefined);
    return { kind: 'applied', results: known.length === results.length ? known : undefined };
  }
  const sameEpoch = meta?.epoch === fence?.epoch;
  // A side that was retired may have been wiped.
  const undeleted = sameEpoch && meta?.complete === false && !meta.born && meta.state !== 'retired';
  const untouched = writes.some((write) => {
    const row = rows.get(write.rowKey);
    if (write.kind === 'insert') return undeleted && !row;
    return 'condition' in write && row !== undefined && row.version === write.condition;
  });
  if (!untouched) return { kind: 'none' };
  const stands = sameEpoch && meta?.state === 'open' && meta.complete === fence?.complete;
  return { kind: stands ? 'not yet' : 'never' };
}

/**
 * Finds out what became of a conditional batch, and brings it to an end: the same batch with the same conditions is sent
 * again, so that either it or the late one is applied, and never both. Throws the first error if all traces are gone.
 */
export async function resolveLost(
  client: Client,
  batch: readonly Write[],
  decision: Send,
  operation: string,
  error: unknown,
  options: OperationOptions,
): Promise<Attempted<readonly WriteResult[]>> {
  const { side } = decision;
  const table = client.sides[side];
  const request = requestOf(decision, table.manifest);
  const { partitionKey } = batch[0] as Write;
  const filter = keysAre(batch.map(({ rowKey }) => rowKey));
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const view = await looking(error, () => readSide(client, side, partitionKey, { ...options, filter }));
    const evidence = evidenceOf(batch, decision, operation, view);
    if (evidence.kind === 'applied') {
      if (evidence.results) return answer(evidence.results);
      throw appliedError(error);
    }
    if (evidence.kind === 'never') return AGAIN;
    if (evidence.kind === 'none') throw error;
    const outcome = await looking(error, () => attempt(table, request.batch, options));
    if (outcome.kind !== 'done') continue;
    return answer(
      outcome.results.slice(request.ours).map(({ version }, index) => ({
        version:
          batch[index]?.kind === 'delete' || version === undefined ? undefined : taggedVersion(side, version),
      })),
    );
  }
  throw error;
}

/** If the store fails while it is asked, what is to be told is still that the first answer was lost. */
async function looking<T>(lost: unknown, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isOperationalError(error)) throw lost;
    throw error;
  }
}

function appliedError(error: unknown): unknown {
  if (!isOperationalError(error)) return error;
  return new TableError(
    'TABLE_TIMEOUT',
    'the write was applied, but its answer was lost, and its rows were written again since',
    { effect: 'applied', cause: error, hint: 'Read the rows to learn their versions.' },
  );
}
