import type { MoveEvent } from 'changeover/move';
import type { Clock } from 'changeover/std';
import type { JsonLines } from './json-lines.ts';
import { type ProgressView, STOPPING } from './progress-view.ts';
import { Throttle } from './throttle.ts';

const INTERVAL_MS = 250;

/**
 * Writes a move's events as JSON lines.
 *
 * Of `progress`, four a second for each table at most, but always its first and last in a step; while the reader is
 * behind none but these, so that what waits for the reader stays small.
 */
export class JsonView implements ProgressView {
  readonly #lines: JsonLines;
  readonly #throttle: Throttle;
  readonly #begun = new Set<string>();

  constructor(lines: JsonLines, clock: Clock) {
    this.#lines = lines;
    this.#throttle = new Throttle(clock, INTERVAL_MS);
  }

  onControl(location: string): void {
    this.#lines.write({ event: 'control' }, { location });
  }

  onEvent(event: MoveEvent): void {
    if (this.#isShown(event)) this.#lines.write(event);
  }

  onStop(): void {
    this.#lines.write({ event: 'notice' }, { message: STOPPING });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #isShown(event: MoveEvent): boolean {
    if (event.event !== 'progress') return true;
    const name = `${event.job} ${event.step} ${event.table}`;
    const first = !this.#begun.has(name);
    this.#begun.add(name);
    const due = this.#throttle.passes(name);
    return first || event.finished || (due && !this.#lines.lagging);
  }
}
