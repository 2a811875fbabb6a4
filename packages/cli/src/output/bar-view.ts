import type { MoveEvent, MoveStep } from 'changeover/move';
import type { Clock } from 'changeover/std';
import type { TextOutput } from '../text-output.ts';
import { startedText } from './plain-view.ts';
import { type ProgressEvent, type ProgressView, STOPPING } from './progress-view.ts';
import { StepBars } from './step-bars.ts';
import { Throttle } from './throttle.ts';

/** Faster than the eye follows is only work for the terminal. */
const INTERVAL_MS = 100;

/** Bars on a terminal: in each step one for every table, and one in total. */
export class BarView implements ProgressView {
  readonly #output: TextOutput;
  readonly #throttle: Throttle;
  #tables: readonly string[] = [];
  #bars: StepBars | undefined;
  /** Jobs and steps are drawn one after another: each begins once the bars of the one before it stand still. */
  #drawn: Promise<void> = Promise.resolve();

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#throttle = new Throttle(clock, INTERVAL_MS);
  }

  onControl(location: string): void {
    this.#output.line(`control store: ${location}`);
  }

  onEvent(event: MoveEvent): void {
    switch (event.event) {
      case 'started':
        this.#tables = event.tables.map(({ source }) => source);
        this.#drawn = this.#drawn.then(() => this.#output.line(startedText(event)));
        return;
      case 'stepStarted':
        return this.#startStep(event.step);
      case 'progress':
        return this.#progress(event);
      case 'stepFinished':
        this.#bars?.finish();
        this.#bars = undefined;
        return;
      case 'notice':
        return this.#bars?.notice(event.message);
      case 'summary':
        return;
    }
  }

  onStop(): void {
    if (this.#bars) this.#bars.notice(STOPPING);
    else this.#output.line(STOPPING);
  }

  async close(): Promise<void> {
    this.#bars?.fail();
    await this.#drawn;
  }

  #startStep(step: MoveStep): void {
    const bars = new StepBars(step, this.#tables, this.#output);
    this.#bars = bars;
    this.#drawn = this.#drawn.then(() => bars.draw());
  }

  #progress(event: ProgressEvent): void {
    const due = this.#throttle.passes(`${event.job} ${event.step} ${event.table}`);
    this.#bars?.update(event, due || event.finished);
  }
}
