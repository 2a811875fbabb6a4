import type { History, ViolationWindow } from '../history/index.ts';
import type { Failure } from './failure.ts';
import type { Footprint } from './footprint.ts';
import type { Fault } from './point.ts';
import type { Incarnation } from './task.ts';

/** What a call tells of itself when it parks. */
export interface Call<T> {
  readonly label: string | (() => string);
  /** What kind of step it is, in a table of orders; what its label says before the first bracket, but for its figures, if not given. */
  readonly kind?: string;
  readonly footprint: Footprint;
  /**
   * What it touches if it throws, or rejects; the footprint, if not given. A conditional write that is refused has only read:
   * two that are refused need not be tried both ways round.
   */
  readonly refused?: Footprint;
  /** The effect. Runs when the point is released. */
  readonly execute: () => T | PromiseLike<T>;
  /** The faults that it may meet, as far as the schedule's budget goes. */
  readonly faults?: readonly Fault[];
  /** The error that the caller gets for `before` and `after`. */
  readonly error?: (fault: 'before' | 'after') => unknown;
  /**
   * False if its task is not to crash just here. A crash at a call that has no effect is as one at the next that has, so
   * that one of the two is enough.
   */
  readonly crashes?: boolean;
  /** For a timer: the virtual time at which it is due. */
  readonly due?: number;
  /** False if the schedule may be over without it. */
  readonly holds?: boolean;
}

/** What a check at the end of a schedule has found. */
export type Finding = Pick<Failure, 'kind' | 'message' | 'details'>;

/** Where calls park: the part of a run that what is under test gets to see. */
export interface Parking {
  /** Resolves or rejects as the call does, once it was released. */
  park<T>(call: Call<T>): Promise<T>;
  /** Takes back a timer that nobody waits for any more. */
  unpark(call: object): void;
  /** The running step touches this, beyond what its point declared. */
  touch(footprint: Footprint): void;
  /** The running step's call has touched only this of what it declared. */
  narrow(footprint: Footprint): void;
  /** Shared state is really being read or written: declared or not, the audit will see. */
  accessed(access: Footprint): void;
  /** Whose code is running. */
  running(): Incarnation | undefined;
  /** An operation of this kind has begun in this life of a task, or is over. */
  operates(life: Incarnation, kind: (() => string) | undefined): void;
  /** Something was completed: who goes round in circles never says so. */
  progress(): void;
  /** To be asked when the schedule is over; `thoroughly` if somebody will read what is found. */
  checkAtEnd(check: (thoroughly: boolean) => Finding | undefined): void;
  /** Operations are written down here: when each begins and ends is of interest to who reads a trace. */
  keeps(history: History<unknown, unknown>): void;
  /** No order explains this part of the history. */
  unexplained(history: History<unknown, unknown>, window: ViolationWindow<unknown, unknown>): void;
  now(): number;
  choose(count: number): number;
  random(): number;
}
