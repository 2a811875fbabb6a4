import type { LiveEvent } from 'changeover/coordinator';
import type { Clock } from 'changeover/std';
import type { JsonLines } from '../output/json-lines.ts';
import { STOPPING } from '../output/progress-view.ts';
import { Throttle } from '../output/throttle.ts';
import type { LiveView } from './live-view.ts';

const INTERVAL_MS = 250;

/** Writes events as JSON lines: of progress four a second at most, and the last of each task. */
export class LiveJsonView implements LiveView {
  readonly #lines: JsonLines;
  readonly #throttle: Throttle;

  constructor(lines: JsonLines, clock: Clock) {
    this.#lines = lines;
    this.#throttle = new Throttle(clock, INTERVAL_MS);
  }

  onControl(location: string): void {
    this.#lines.write({ event: 'control' }, { location });
  }

  onChecked(rows: number): void {
    if (this.#isDue('checked')) this.#lines.write({ event: 'checked' }, { rows });
  }

  onEvent(event: LiveEvent): void {
    if (event.event !== 'progress' || event.finished || this.#isDue(event.task)) this.#lines.write(event);
  }

  onStop(): void {
    this.#lines.write({ event: 'notice' }, { message: STOPPING });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Who reads slowly gets less. */
  #isDue(name: string): boolean {
    return this.#throttle.passes(name) && !this.#lines.lagging;
  }
}
