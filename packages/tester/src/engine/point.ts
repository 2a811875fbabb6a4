import type { Footprint } from './footprint.ts';
import type { Chain } from './task.ts';

/**
 * What becomes of a call when it is released.
 * - `before`: it fails without having had an effect.
 * - `after`: it has its effect, and fails: the reply was lost.
 * - `duplicate`: it has its effect, and will have it once more at some later time.
 * - `crash`: the task that called is gone, and so is the call.
 * - `crash-late`: the task is gone, and the call, which was on its way, still has its effect at some later time.
 */
export type Fault = 'before' | 'after' | 'duplicate' | 'crash' | 'crash-late';

/** A call that waits to be released. */
export interface Point {
  readonly chain: Chain;
  /** The index of its task. */
  readonly task: number;
  /** The steps of the schedule that it had to come behind, from 1: the one that made it, and 0 before the first. */
  readonly madeIn: readonly number[];
  readonly footprint: Footprint;
  /** The faults that it may meet. */
  readonly faults: readonly Fault[];
  /** Whether its task may crash at it. */
  readonly crashes: boolean;
  /** For a timer: the virtual time at which it is due. */
  readonly due: number | undefined;
  /** Whether it is a call under way for which nobody waits any more. */
  readonly late: boolean;
  /** For the strategy to keep something in; −1 at first. */
  priority: number;
  /** What the call is, for people. */
  label(): string;
}
