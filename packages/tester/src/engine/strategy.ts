import type { Footprint } from './footprint.ts';
import type { Fault, Point } from './point.ts';

/** What a strategy returns from `pick` if nothing of what may be released is worth it. */
export const ABANDON = -1;

/** About how long schedules are: some strategies spread what they draw over the length. */
export interface Profile {
  readonly steps: number;
  /** Steps of each task, by its index. */
  readonly byTask: readonly number[];
}

/** What a schedule of a round that is over has shown. */
export interface Shown {
  readonly schedule: number;
  /** What tells its trace from others, if no round before had shown that trace. */
  readonly fresh: number | undefined;
}

/** Decides what happens next, wherever more than one thing could. */
export interface Strategy {
  readonly name: string;
  /**
   * Whether every task that can go on goes on in the end, or the search sees to that by letting everyone have their turn
   * once a schedule has become long. Strategies that enumerate say no: their long schedules end at the step limit.
   */
  readonly fair: boolean;
  /** Before each schedule; false if there are no more. `schedule` counts from 0. */
  begin(schedule: number): boolean;
  /** The index of the point to release, or ABANDON. */
  pick(enabled: readonly Point[]): number;
  /** Which of `faults` the released point meets; undefined for none. */
  fault(point: Point, faults: readonly Fault[]): Fault | undefined;
  /** What a first schedule was like, before the search begins. */
  calibrate?(profile: Profile): void;
  /** One of `count` values that are not a matter of order. */
  choose(count: number): number;
  /** The released point has run to where everyone is parked again; `footprint` is all that was touched. */
  executed?(point: Point, footprint: Footprint): void;
  /**
   * The released point was the last of branches that are joined, and this is all that its step touched besides its call.
   * Any of the other branches, whose steps these are (from 1), might have been the last in its place. After `executed`.
   */
  joined?(others: readonly number[], behind: Footprint): void;
  /** The running step has taken back a timer, which might have fired before. */
  cancelled?(point: Point): void;
  /**
   * A round of the search is over, and these are its schedules, in their order. What a strategy remembers of a schedule it may
   * go by only within that schedule; this it may go by in all that follow, since every thread is told the same.
   */
  learn?(round: readonly Shown[]): void;
  /** The schedule is over; `pending` could still have been released, but nobody waited for it. */
  end?(pending: readonly Point[]): void;
}
