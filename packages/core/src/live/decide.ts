import type { Change, Write } from '../table/index.ts';
import { type Seen, winnerOf } from './overlay.ts';
import type { RefusalCode } from './refusal.ts';
import { ownerOf, type Side } from './side.ts';
import type { Owned } from './standing.ts';
import { isRefusal, passThrough, translate } from './translate.ts';

/** A batch to be sent to one side. */
export interface Send {
  readonly kind: 'send';
  readonly side: Side;
  /** The application's writes, translated. What goes before them is for whoever sends them. */
  readonly writes: readonly Write[];
  /** The state that the batch is for: it succeeds only in that. Undefined where no fence guards it. */
  readonly fence: { readonly epoch: number; readonly complete: boolean } | undefined;
  /** The plan with which it marks the partition, whose first meta and fence it puts there, too. */
  readonly birth: number | undefined;
  /** What a condition of the application's that fails is: the answer, or a reason to read and decide again. */
  readonly refusals: 'answers' | 'races';
}

/** What a managed client does next for a batch of the application. */
export type Decision =
  | Send
  /** The answer is known: the condition of this write fails. */
  | { readonly kind: 'refuse'; readonly code: RefusalCode; readonly index: number }
  /** The owner has closed, and the next one is not open yet: open it, and look again. */
  | { readonly kind: 'help' };

export interface Context {
  /** The side on which a partition without a meta is born. */
  readonly born: Side;
  /** The plan that it is then marked with. */
  readonly plan: number;
  /** The id that the rows of this operation carry, if any. */
  readonly operation: string | undefined;
  /** Whether every write must have a condition, so that it can be sent again when its reply was lost. */
  readonly conditional: boolean;
}

/** Decides from what was read. Pure: a trace of decisions is a trace of the protocol. */
export function decide(batch: readonly Change[], seen: Seen, context: Context): Decision {
  const { standing } = seen;
  if (standing.kind === 'between') return { kind: 'help' };
  if (standing.kind === 'virgin')
    return context.born === 'source' ? birth(batch, context.plan) : { kind: 'help' };
  if (standing.epoch === 0) return firstEpoch(batch);
  const side = ownerOf(standing.epoch);
  const translated: Write[] = [];
  for (const [index, write] of batch.entries()) {
    const result = translate(write, {
      own: seen.rows[side].get(write.rowKey),
      winner: winnerOf(seen, write.rowKey),
      epoch: standing.epoch,
      operation: context.operation,
      conditional: context.conditional,
    });
    if (isRefusal(result)) return { kind: 'refuse', code: result.code, index };
    translated.push(result);
  }
  return fenced(standing, side, translated, 'races');
}

/** In epoch 0 the source's rows are as ever, and so are its answers. */
export function firstEpoch(batch: readonly Write[]): Send {
  const writes = batch.map((write) => passThrough('source', write));
  return fenced({ epoch: 0, complete: false }, 'source', writes, 'answers');
}

/** Puts a batch under the fence of the state that it was made for. */
export function fenced(
  { epoch, complete }: Pick<Owned, 'epoch' | 'complete'>,
  side: Side,
  writes: readonly Write[],
  refusals: Send['refusals'],
): Send {
  return { kind: 'send', side, writes, fence: { epoch, complete }, birth: undefined, refusals };
}

/** The first write to a partition, while the source owns what is new: it puts the meta and the fence there itself. */
function birth(batch: readonly Write[], plan: number): Send {
  return { ...firstEpoch(batch), birth: plan };
}
