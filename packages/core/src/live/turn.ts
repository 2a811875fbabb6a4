import type { OperationOptions, Write } from '../table/index.ts';
import { attempt, type Outcome } from './attempt.ts';
import { dropFence, type Meta, metaKey, metaOf, metaWrite, raiseFence, type SeenMeta } from './meta.ts';
import { type Both, both, ownerOf, type Side, type Sides } from './side.ts';
import { Tries } from './tries.ts';

/** What a worker's step came to. */
export type StepOutcome =
  | 'done'
  /** Somebody works on a newer plan: this worker has nothing to do here any more. */
  | 'overtaken'
  /** The partition is in another epoch than the step was for. */
  | 'moved'
  /** The migration of this partition is over. */
  | 'retired';

export type Metas = Both<SeenMeta | undefined>;

/** Reads both metas, each at its own instant. */
export function readMetas(sides: Sides, partitionKey: string, options: OperationOptions): Promise<Metas> {
  return both(async (side) => {
    const row = await sides[side].get(metaKey(partitionKey), options);
    return row && metaOf(row);
  });
}

/**
 * What must be changed next, in one batch on one side, so that a partition comes to stand in an epoch. Pure. From
 * whatever was seen: each change is conditional on the metas being as they were seen, so that what cannot be put
 * together, or is long past, fails.
 */
export type TurnStep =
  /** Nobody ever marked the partition: the source is closed before anybody could open it. */
  | { readonly kind: 'bear'; readonly meta: Meta }
  | { readonly kind: 'close'; readonly seen: SeenMeta; readonly meta: Meta }
  | { readonly kind: 'open'; readonly seen: SeenMeta | undefined; readonly meta: Meta }
  | { readonly kind: 'stop'; readonly outcome: StepOutcome };

function nextTurnStep(metas: Metas, epoch: number, { plan, born }: Work): TurnStep {
  const over = overOf(metas, plan);
  if (over) return { kind: 'stop', outcome: over };
  const standing = Math.max(metas.source?.epoch ?? 0, metas.target?.epoch ?? -1);
  if (standing > epoch) return { kind: 'stop', outcome: 'moved' };
  const last = metas[ownerOf(standing)];
  if (last?.state === 'closed') return openStep(metas, last, plan);
  if (standing === epoch) return { kind: 'stop', outcome: 'done' };
  if (!last) return { kind: 'bear', meta: unbegun(plan, born === 'target') };
  return { kind: 'close', seen: last, meta: { ...bare(last), state: 'closed', plan } };
}

/** The source's meta of a partition that it never owns. */
export function unbegun(plan: number, born: boolean): Meta {
  return { epoch: 0, state: 'closed', complete: false, floor: 0, born, plan };
}

/** Opens the side after the one that was closed. Anybody may, as soon as that is so. */
export function openStep(metas: Metas, closed: SeenMeta, plan: number): Extract<TurnStep, { kind: 'open' }> {
  const epoch = closed.epoch + 1;
  const seen = metas[ownerOf(epoch)];
  // All that this side still has is older than what the other side had complete. What was garbage before stays it.
  const floor = closed.complete ? epoch : (seen?.floor ?? 0);
  return {
    kind: 'open',
    seen,
    meta: { epoch, state: 'open', complete: false, floor, born: closed.born, plan },
  };
}

/** Whether this worker has nothing to do here at all. */
export function overOf({ source, target }: Metas, plan: number): 'overtaken' | 'retired' | undefined {
  for (const meta of [source, target]) {
    if (meta?.state === 'alone' || meta?.state === 'retired') return 'retired';
    if (meta && meta.plan > plan) return 'overtaken';
  }
  return undefined;
}

/** What a worker does to one partition, and for which plan. */
export interface Work extends OperationOptions {
  readonly sides: Sides;
  readonly partitionKey: string;
  readonly plan: number;
  /** Where the rows of a partition lie that was never managed. */
  readonly born: Side;
  /** Asked before so many rows are copied: holds the worker back while it waits. */
  admit?(rows: number): Promise<void>;
}

/** A step's outcome, and the metas as they were last seen. */
export interface Stepped {
  readonly outcome: StepOutcome;
  readonly metas: Metas;
}

/** Makes the owner of `epoch` own the partition, however far that got before. Close comes before open (R1–R3). */
export async function turn(work: Work, seen: Metas, epoch: number): Promise<Stepped> {
  let metas = seen;
  for (const tries = new Tries('turning', work.partitionKey); ; tries.next()) {
    const step = nextTurnStep(metas, epoch, work);
    if (step.kind === 'stop') return { outcome: step.outcome, metas };
    metas = await take(work, metas, step);
  }
}

type Step = Exclude<TurnStep, { kind: 'stop' }>;

/** Takes one step, and gives the metas as they then are. If it was not taken, or nobody knows, they are read again. */
export function take(work: Work, metas: Metas, step: Step): Promise<Metas> {
  const { seen, fences } = partsOf(work, step);
  return change(work, metas, seen, step.meta, fences);
}

/** Takes one step, if nobody was faster: for whoever looks at everything anew in any case. Gives what came of it. */
export async function tryToTake(work: Work, step: Step): Promise<Outcome['kind']> {
  const { seen, fences } = partsOf(work, step);
  return (await send(work, seen, step.meta, fences)).kind;
}

/** The meta that a step changes, and what becomes of the fences with it. */
function partsOf(
  { partitionKey }: Work,
  step: Step,
): { readonly seen: SeenMeta | undefined; readonly fences: readonly Write[] } {
  switch (step.kind) {
    case 'bear':
      return { seen: undefined, fences: [] };
    case 'close':
      return { seen: step.seen, fences: [dropFence(partitionKey, step.seen)] };
    case 'open':
      return { seen: step.seen, fences: [raiseFence(partitionKey, step.meta)] };
  }
}

/** Changes one meta from how it was seen, together with its fence. */
export async function change(
  work: Work,
  metas: Metas,
  seen: SeenMeta | undefined,
  meta: Meta,
  fences: readonly Write[],
): Promise<Metas> {
  const outcome = await send(work, seen, meta, fences);
  const version = outcome.kind === 'done' ? outcome.results[0]?.version : undefined;
  const { sides, partitionKey, signal } = work;
  if (version === undefined) return readMetas(sides, partitionKey, signal ? { signal } : {});
  return { ...metas, [ownerOf(meta.epoch)]: { ...meta, version } };
}

/** Changes a meta, with its fence, in one batch. */
function send(
  { sides, partitionKey, signal }: Work,
  seen: SeenMeta | undefined,
  meta: Meta,
  fences: readonly Write[],
): Promise<Outcome> {
  const batch = [metaWrite(partitionKey, seen, meta), ...fences];
  return attempt(sides[ownerOf(meta.epoch)], batch, signal ? { signal } : {});
}

/** A meta without the version under which it was seen. */
export function bare({ epoch, state, complete, floor, born, plan }: SeenMeta): Meta {
  return { epoch, state, complete, floor, born, plan };
}
