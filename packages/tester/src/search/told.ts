import type { Runs } from '../engine/drive.ts';
import { TraceSet } from './trace-set.ts';

/** How far a search has come. */
export interface Progress {
  readonly schedules: number;
  /** About so many different ones, as far as the order of steps that conflict goes. */
  readonly traces: number;
}

/** The same runs; somebody is told of how many there were, after the first and after every 64. */
export function* told<T>(runs: Runs<T>, tell: ((progress: Progress) => void) | undefined): Runs<T> {
  if (!tell) return yield* runs;
  const traces = new TraceSet();
  for (let schedules = 0; ; ) {
    const next = runs.next();
    if (next.done) return next.value;
    const run = next.value;
    yield run;
    if (run.abandoned || run.surprised) continue;
    traces.add(run.fingerprint);
    if (schedules++ % 64 === 0) tell({ schedules, traces: traces.estimate });
  }
}
