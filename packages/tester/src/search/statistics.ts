import type { Counted } from './round-log.ts';
import { TraceSet } from './trace-set.ts';

/** What a search has seen, as far as a report tells of it. Can be handed from thread to thread. */
export interface Seen {
  readonly schedules: number;
  /** Of an exhaustive search: schedules given up because all of it had been seen in another order. */
  readonly abandoned: number;
  readonly steps: number;
  readonly longest: number;
  /** Schedules that differ in more than the order of independent steps; an estimate. */
  readonly traces: number;
  /** New ones in each thousand schedules: when these run dry, more of the same search finds little. */
  readonly newTraces: readonly number[];
  /** How many traces were seen after 1, 2, 4, 8 … schedules, and after all. Empty where it is not known. */
  readonly curve: readonly CurvePoint[];
  /**
   * The chance that one more schedule shows a new trace: the part of the schedules that have shown a trace which no other has
   * (Turing’s estimate: Good, Biometrika 40, 1953). Undefined where it is not known.
   */
  readonly chanceOfNew: number | undefined;
}

export interface CurvePoint {
  readonly schedules: number;
  readonly traces: number;
}

/** Counts what a search sees. */
export class Statistics {
  schedules = 0;
  private abandoned = 0;
  private steps = 0;
  private longest = 0;
  private readonly newTraces: number[] = [];
  private readonly curve: CurvePoint[] = [];
  private readonly drawn: boolean;
  readonly traces = new TraceSet();

  /** @param how whether schedules are drawn: of those that are enumerated each shows a new trace, which tells nothing */
  constructor(how: 'drawn' | 'enumerated' = 'drawn') {
    this.drawn = how === 'drawn';
  }

  /** To be called in the order of the schedules, if when each trace was new is of interest. */
  count({ abandoned, steps, fingerprint }: Counted): void {
    if (abandoned) {
      this.abandoned++;
      return;
    }
    if (this.schedules % 1000 === 0) this.newTraces.push(0);
    this.schedules++;
    this.steps += steps;
    this.longest = Math.max(this.longest, steps);
    if (this.traces.add(fingerprint)) this.newTraces[this.newTraces.length - 1]!++;
    if ((this.schedules & (this.schedules - 1)) === 0) this.curve.push(this.point);
  }

  /** What another thread has seen. The order of the schedules is lost, and with it when each trace was new. */
  add({ seen, traces }: Tally): void {
    this.schedules += seen.schedules;
    this.abandoned += seen.abandoned;
    this.steps += seen.steps;
    this.longest = Math.max(this.longest, seen.longest);
    this.traces.merge(traces);
  }

  get seen(): Seen {
    const { schedules, abandoned, steps, longest, newTraces, traces, drawn } = this;
    return {
      schedules,
      abandoned,
      steps,
      longest,
      newTraces,
      traces: traces.estimate,
      curve: drawn ? this.wholeCurve : [],
      chanceOfNew: drawn && schedules > 0 ? traces.once / schedules : undefined,
    };
  }

  private get point(): CurvePoint {
    return { schedules: this.schedules, traces: this.traces.estimate };
  }

  private get wholeCurve(): CurvePoint[] {
    return this.curve.at(-1)?.schedules === this.schedules ? this.curve : [...this.curve, this.point];
  }

  tally(): Tally {
    return { seen: this.seen, traces: this.traces.words };
  }

  /**
   * The part of the latest schedules that have shown a new trace: of the last thousand, or tenth of all, whichever is more.
   * Undefined as long as there were no thousand.
   */
  get latelyNew(): number | undefined {
    if (this.schedules < 1000) return undefined;
    const window = Math.max(1000, this.schedules / 10);
    // Figures are kept by the thousand, so that a window may be up to a thousand longer.
    const from = Math.floor((this.schedules - window) / 1000);
    const fresh = this.newTraces.slice(from).reduce((sum, each) => sum + each, 0);
    return fresh / (this.schedules - from * 1000);
  }
}

/** Statistics that can be added to others. */
export interface Tally {
  readonly seen: Seen;
  readonly traces: Uint32Array;
}
