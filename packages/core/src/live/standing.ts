import type { SeenMeta } from './meta.ts';
import { type Both, otherOf, ownerOf, type Side } from './side.ts';

/**
 * Where a partition stands, read from the metas of both sides, each of them in the same atomic query as the rows of its
 * side. The two queries need not be of the same instant: what cannot be put together is `torn`, and is read again.
 */
export type Standing =
  /** No meta yet: one side has all there is. */
  | { readonly kind: 'virgin' }
  | Owned
  /** Closed on one side, and not yet opened on the other: both sides are frozen. */
  | (Floors & { readonly kind: 'between'; readonly epoch: number; readonly complete: boolean })
  /** For good. */
  | { readonly kind: 'alone'; readonly side: Side }
  | { readonly kind: 'torn' };

/** One side is open. */
export interface Owned extends Floors {
  readonly kind: 'owned';
  readonly epoch: number;
  readonly complete: boolean;
}

interface Floors {
  readonly floors: Both<number>;
}

/** Whether what the owner has is the whole partition. In epoch 0 nothing was ever elsewhere. */
export function isWhole({ epoch, complete }: Pick<Owned, 'epoch' | 'complete'>): boolean {
  return epoch === 0 || complete;
}

export function standingOf(metas: Both<SeenMeta | undefined>): Standing {
  const alone = aloneOf(metas);
  if (alone) return { kind: 'alone', side: alone };
  if (!metas.source && !metas.target) return { kind: 'virgin' };
  const epoch = Math.max(metas.source?.epoch ?? 0, metas.target?.epoch ?? -1);
  const last = metas[ownerOf(epoch)];
  const before = metas[otherOf(ownerOf(epoch))];
  if (last?.epoch !== epoch) return { kind: 'torn' };
  const { complete } = last;
  const floors = { source: metas.source?.floor ?? 0, target: metas.target?.floor ?? 0 };
  const isOpen = last.state === 'open';
  if (isOpen && isWhole(last)) return { kind: 'owned', epoch, complete, floors };
  if (!isClosedAt(before, epoch - 1)) return { kind: 'torn' };
  return { kind: isOpen ? 'owned' : 'between', epoch, complete, floors };
}

/**
 * What one side says alone, if that is enough: it is open and has the whole partition. Undefined if the other must be
 * asked, too.
 */
export function standingOfOne(meta: SeenMeta | undefined): Owned | undefined {
  if (meta?.state !== 'open' || !isWhole(meta)) return undefined;
  return { kind: 'owned', epoch: meta.epoch, complete: meta.complete, floors: { source: 0, target: 0 } };
}

/** Whether a side is said to have the whole partition for now, or nothing is said of it. */
export function hasAll(meta: SeenMeta | undefined): boolean {
  return !meta || meta.state === 'alone' || standingOfOne(meta) !== undefined;
}

/**
 * Whether rows of the partition may lie elsewhere. Not in the first epoch of one that was born on the target: it is not
 * said to be complete before a worker comes by, but there is no other place.
 */
export function mayLack(meta: SeenMeta | undefined): boolean {
  const isBirthplace = meta?.state === 'open' && meta.epoch === 1 && meta.born;
  return !isBirthplace && !hasAll(meta);
}

function aloneOf({ source, target }: Both<SeenMeta | undefined>): Side | undefined {
  if (source?.state === 'alone' || target?.state === 'retired') return 'source';
  if (target?.state === 'alone' || source?.state === 'retired') return 'target';
  return undefined;
}

/** A target without a meta was never opened: it is closed in the epoch before the first. */
export function isClosedAt(meta: SeenMeta | undefined, epoch: number): boolean {
  return epoch < 0 ? meta === undefined : meta?.state === 'closed' && meta.epoch === epoch;
}
