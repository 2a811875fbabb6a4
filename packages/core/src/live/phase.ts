import type { Fence } from '../table/index.ts';
import type { Side } from './side.ts';

/**
 * How a client treats the partitions that it meets. Which side owns one is not the phase's to say: that is the
 * partition's own, and clients follow it.
 *
 * - `alone`: everything is on one side, which is used as it is. `clean` says that nothing of ours is left in its rows.
 *   With the source that is *source only*, with the target *target only*.
 * - `managed`: each partition is asked where it stands; one that was never managed is `born` on that side, and marked with
 *   the `plan`, so that workers of older plans leave it alone.
 */
export type Phase = (
  | { readonly kind: 'alone'; readonly side: Side; readonly clean: boolean }
  | { readonly kind: 'managed'; readonly born: Side; readonly plan: number }
) & {
  /**
   * Stands at this epoch, in each of the two stores that can check fences, as long as the phase may be written in. What no
   * fence of a partition guards is written under it, so that a client which does not hear that the phase is over is kept
   * out by the store, and need not be waited for.
   */
  readonly fence?: Fence;
};
