import type { OperationOptions } from '../table/index.ts';
import { attempt } from './attempt.ts';
import { dropFence, type Meta, metaKey, metaOf, metaWrite, raiseFence, type SeenMeta } from './meta.ts';
import { type Both, both, otherOf, ownerOf, type Sides } from './side.ts';

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

export function nextTurnStep(metas: Metas, epoch: number, plan: number): TurnStep {
  const over = overOf(metas, plan);
  if (over) return { kind: 'stop', outcome: over };
  const standing = Math.max(metas.source?.epoch ?? 0, metas.target?.epoch ?? -1);
  if (standing > epoch) return { kind: 'stop', outcome: 'moved' };
  const last = metas[ownerOf(standing)];
  if (last?.state === 'closed') return openStep(metas, last, plan);
  if (standing === epoch) return { kind: 'stop', outcome: 'done' };
  if (!last) return { kind: 'bear', meta: { epoch: 0, state: 'closed', complete: false, floor: 0, plan } };
  return { kind: 'close', seen: last, meta: { ...bare(last), state: 'closed', plan } };
}

/** Opens the side after the one that was closed. Anybody may, as soon as that is so. */
export function openStep(metas: Metas, closed: SeenMeta, plan: number): TurnStep {
  const epoch = closed.epoch + 1;
  const seen = metas[ownerOf(epoch)];
  // All that this side still has is older than what the other side had complete. What was garbage before stays it.
  const floor = closed.complete ? epoch : (seen?.floor ?? 0);
  return { kind: 'open', seen, meta: { epoch, state: 'open', complete: false, floor, plan } };
}

/** Whether this worker has nothing to do here at all. */
export function overOf({ source, target }: Metas, plan: number): 'overtaken' | 'retired' | undefined {
  for (const meta of [source, target]) {
    if (meta?.state === 'alone' || meta?.state === 'retired') return 'retired';
    if (meta && meta.plan > plan) return 'overtaken';
  }
  return undefined;
}

/** Makes the owner of `epoch` own the partition, however far that got before. Close comes before open (R1–R3). */
export async function turn(
  sides: Sides,
  partitionKey: string,
  { epoch, plan, ...options }: { readonly epoch: number; readonly plan: number } & OperationOptions,
): Promise<StepOutcome> {
  for (;;) {
    const metas = await readMetas(sides, partitionKey, options);
    const step = nextTurnStep(metas, epoch, plan);
    if (step.kind === 'stop') return step.outcome;
    await take(sides, partitionKey, step, options);
  }
}

/** Takes one step. Whether it was taken, by us or by somebody else, or not, is seen by looking again. */
export async function take(
  sides: Sides,
  partitionKey: string,
  step: Exclude<TurnStep, { kind: 'stop' }>,
  options: OperationOptions,
): Promise<void> {
  const side = ownerOf(step.meta.epoch);
  const seen = step.kind === 'bear' ? undefined : step.seen;
  const fence =
    step.kind === 'open'
      ? [raiseFence(partitionKey, step.meta)]
      : step.kind === 'close'
        ? [dropFence(partitionKey, step.seen)]
        : [];
  await attempt(sides[side], [metaWrite(partitionKey, seen, step.meta), ...fence], options);
}

/** A meta without the version under which it was seen. */
export function bare({ epoch, state, complete, floor, plan }: SeenMeta): Meta {
  return { epoch, state, complete, floor, plan };
}

/** The side that is closed while `epoch` is open. */
export function frozenIn(epoch: number): 'source' | 'target' {
  return otherOf(ownerOf(epoch));
}
