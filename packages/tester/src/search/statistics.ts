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
}
