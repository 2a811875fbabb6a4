import type { Run } from '../engine/run.ts';
import { TraceSet } from './trace-set.ts';

/** What a search has seen so far. */
export class Statistics {
  schedules = 0;
  /** Schedules that were given up because all of it had been seen in another order. */
  abandoned = 0;
  steps = 0;
  longest = 0;
  /** New traces in each thousand schedules. */
  readonly newTraces: number[] = [];
  readonly traces = new TraceSet();

  count(run: Run): void {
    if (run.abandoned) {
      this.abandoned++;
      return;
    }
    if (this.schedules % 1000 === 0) this.newTraces.push(0);
    this.schedules++;
    this.steps += run.steps;
    this.longest = Math.max(this.longest, run.steps);
    if (this.traces.add(run.fingerprint)) this.newTraces[this.newTraces.length - 1]!++;
  }

  /** What another thread has seen. The order of the schedules is lost, and with it when each trace was new. */
  add({ schedules, abandoned, steps, longest, traces }: Tally): void {
    this.schedules += schedules;
    this.abandoned += abandoned;
    this.steps += steps;
    this.longest = Math.max(this.longest, longest);
    this.traces.merge(traces);
  }

  tally(): Tally {
    const { schedules, abandoned, steps, longest, traces } = this;
    return { schedules, abandoned, steps, longest, traces: traces.words };
  }
}

/** Statistics as they are handed from thread to thread. */
export interface Tally {
  readonly schedules: number;
  readonly abandoned: number;
  readonly steps: number;
  readonly longest: number;
  readonly traces: Uint32Array;
}
