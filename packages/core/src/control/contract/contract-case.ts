import type { Clock } from '../../std/index.ts';
import type { ControlStore } from '../control-store.ts';
import type { ControlOffers, Need } from './need.ts';

/** One claim about control stores, and the code that tries to refute it. */
export interface ControlCase {
  /** A sentence, `theme: claim`, different from every other; skips name it. */
  readonly title: string;
  /** The case runs where all of them are met. */
  readonly needs: readonly Need[];
  /** Rejects if the claim is false, with an assertion error or with what the store threw. */
  run(subject: ControlSubject): Promise<void>;
}

/** A fresh, empty control store that no other case sees, and what belongs to it. */
export interface ControlSubject {
  /** A handle on the store, as a process of its own would have; each one has the same data. */
  open(): Promise<ControlStore>;
  /** The clock that every handle goes by. It moves only by {@link advance}. */
  readonly clock: Clock;
  /** Moves the clock on, and lets whatever waited for that run. */
  advance(ms: number): Promise<void>;
  /** Makes every write fail; called only where {@link ControlOffers.outage}. */
  startOutage?(): Promise<Outage>;
  /** Removes what the case left behind. Called once, also after a failure, and after the case closed the handles. */
  close(): Promise<void>;
}

/** A failure of the world that lasts until it is lifted. Reads may fail meanwhile, or not. */
export interface Outage {
  lift(): Promise<void>;
}

/** What a control store writes in order to run the suite. */
export interface ControlFactory {
  readonly offers: ControlOffers;
  create(): Promise<ControlSubject>;
}

export function controlCase(
  title: string,
  run: (subject: ControlSubject) => Promise<void>,
  ...needs: readonly Need[]
): ControlCase {
  return { title, needs, run };
}
