import type { LiveEvent } from 'changeover/coordinator';
import type { Clock } from 'changeover/std';
import { Bar, drawBars } from '../output/bar.ts';
import { formatRows } from '../output/format.ts';
import { STOPPING } from '../output/progress-view.ts';
import { Throttle } from '../output/throttle.ts';
import type { TextOutput } from '../text-output.ts';
import { DOING } from './doing.ts';
import { barText, eventText, finishedText } from './event-text.ts';
import type { LiveProgress, LiveView } from './live-view.ts';

/** Faster than the eye follows is only work for the terminal. */
const INTERVAL_MS = 100;

/** A bar on a terminal for each task, one below the other, and lines between them for all else that happens. */
export class LiveBarView implements LiveView {
  readonly #output: TextOutput;
  readonly #throttle: Throttle;
  #bar: Bar | undefined;
  /** Lines and bars come one after another: each once the bar before it stands still. */
  #drawn: Promise<void> = Promise.resolve();

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#throttle = new Throttle(clock, INTERVAL_MS);
  }

  onControl(location: string): void {
    this.#output.line(`control store: ${location}`);
  }

  onChecked(rows: number): void {
    this.#bar ??= this.#begin('looking at the source');
    if (this.#throttle.passes('checked')) this.#bar.show(`looking at the source  ${formatRows(rows)}`);
  }

  onEvent(event: LiveEvent): void {
    switch (event.event) {
      case 'taskStarted':
        this.#bar = this.#begin(DOING[event.task]);
        return;
      case 'progress':
        return this.#progress(event);
      case 'taskFinished':
        this.#bar?.show(finishedText(event));
        return this.#end(true);
      case 'difference':
        return this.#line(eventText(event));
      default:
        // A task that was given up for something else has told of no end.
        this.#end(false);
        this.#line(eventText(event));
    }
  }

  onStop(): void {
    if (this.#bar) this.#bar.note(STOPPING);
    else this.#line(STOPPING);
  }

  async close(well: boolean): Promise<void> {
    this.#end(well);
    await this.#drawn;
  }

  #begin(name: string): Bar {
    const bar = new Bar(name);
    this.#drawn = this.#drawn.then(() => drawBars(bar.task(), this.#output));
    return bar;
  }

  #progress(progress: LiveProgress): void {
    if (this.#throttle.passes(progress.task) || progress.finished) this.#bar?.show(barText(progress));
  }

  #end(well: boolean): void {
    this.#bar?.end(well);
    this.#bar = undefined;
  }

  #line(text: string | undefined): void {
    if (text !== undefined) this.#drawn = this.#drawn.then(() => this.#output.line(text));
  }
}
