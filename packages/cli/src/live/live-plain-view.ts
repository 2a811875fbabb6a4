import type { LiveEvent } from 'changeover/coordinator';
import type { Clock } from 'changeover/std';
import { formatDuration, formatRows } from '../output/format.ts';
import { STOPPING } from '../output/progress-view.ts';
import { Throttle } from '../output/throttle.ts';
import type { TextOutput } from '../text-output.ts';
import { eventText, finishedText, progressText } from './event-text.ts';
import type { LiveView } from './live-view.ts';

const INTERVAL_MS = 2_000;

/** Plain lines for logs: how far it is every two seconds, and one for all else that happens. */
export class LivePlainView implements LiveView {
  readonly #output: TextOutput;
  readonly #clock: Clock;
  readonly #throttle: Throttle;
  #taskStartedMs = 0;

  constructor(output: TextOutput, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
    this.#throttle = new Throttle(clock, INTERVAL_MS);
    // The interval begins with the view: a line that says "0 rows" tells nobody anything.
    this.#throttle.passes('checked');
  }

  onControl(location: string): void {
    this.#output.line(`control store: ${location}`);
  }

  onChecked(rows: number): void {
    if (this.#throttle.passes('checked')) this.#output.line(`looking at the source: ${formatRows(rows)}`);
  }

  onEvent(event: LiveEvent): void {
    switch (event.event) {
      case 'taskStarted':
        this.#taskStartedMs = this.#clock.monotonic();
        this.#throttle.passes(event.task);
        return;
      case 'taskFinished': {
        const seconds = (this.#clock.monotonic() - this.#taskStartedMs) / 1000;
        return this.#output.line(`${finishedText(event)} in ${formatDuration(seconds)}`);
      }
      case 'progress':
        if (this.#throttle.passes(event.task)) this.#output.line(progressText(event));
        return;
      default: {
        const text = eventText(event);
        if (text !== undefined) this.#output.line(text);
      }
    }
  }

  onStop(): void {
    this.#output.line(STOPPING);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
