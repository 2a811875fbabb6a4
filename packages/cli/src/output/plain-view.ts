import type { MoveEvent, MoveStep } from 'changeover/move';
import type { Clock } from 'changeover/std';
import type { TextOutput } from '../text-output.ts';
import { countOf, formatDuration } from './format.ts';
import { type ProgressEvent, type ProgressView, STOPPING } from './progress-view.ts';
import { DOING, standingText } from './standing-text.ts';
import { StepTotals } from './step-totals.ts';
import { Throttle } from './throttle.ts';

const INTERVAL_MS = 2_000;

/** Plain lines for logs: a total every two seconds, and one at the end of each step. */
export class PlainView implements ProgressView {
  readonly #output: TextOutput;
  readonly #clock: Clock;
  readonly #throttle: Throttle;
  #tables = 0;
  #totals = new StepTotals(0);
  #stepStartedMs = 0;

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#throttle = new Throttle(clock, INTERVAL_MS);
  }

  onControl(location: string): void {
    this.#output.line(`control store: ${location}`);
  }

  onEvent(event: MoveEvent): void {
    switch (event.event) {
      case 'started':
        this.#tables = event.tables.length;
        return this.#output.line(startedText(event));
      case 'stepStarted':
        return this.#startStep(event.step);
      case 'progress':
        return this.#progress(event);
      case 'stepFinished':
        return this.#finishStep(event.step);
      case 'notice':
        return this.#output.line(`${event.step}: ${event.message}`);
      case 'summary':
        return;
    }
  }

  onStop(): void {
    this.#output.line(STOPPING);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #startStep(step: MoveStep): void {
    this.#stepStartedMs = this.#clock.monotonic();
    this.#totals = new StepTotals(this.#tables);
    // The interval begins with the step: a line that says "0 rows" tells nobody anything.
    this.#throttle.passes(step);
  }

  #progress(event: ProgressEvent): void {
    this.#totals.add(event);
    if (this.#throttle.passes(event.step)) {
      this.#output.line(`${event.step}: ${DOING[event.step]}, ${standingText(this.#totals.read())}`);
    }
  }

  #finishStep(step: MoveStep): void {
    const seconds = (this.#clock.monotonic() - this.#stepStartedMs) / 1000;
    const { rows } = this.#totals.read();
    const what = step === 'setup' ? countOf(this.#tables, 'table') : countOf(rows, 'row');
    this.#output.line(`${step}: done, ${what} in ${formatDuration(seconds)}`);
  }
}

/** `job 4f1c: going on with copy, validate (2 tables)` */
export function startedText({ job, steps, resumed, tables }: MoveEvent & { event: 'started' }): string {
  return `job ${job}: ${resumed ? 'going on with ' : ''}${steps.join(', ')} (${countOf(tables.length, 'table')})`;
}
