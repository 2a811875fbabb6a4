import type { Clock } from '../std/index.ts';
import { ProgressMeter } from '../transfer/index.ts';
import type { MoveEvent, MoveStep } from './events.ts';

/** Often enough for a smooth bar, rare enough to cost nothing. */
const EMIT_MS = 100;

/** Turns counted rows of one table and step into progress events, the first and the last of which always come. */
export class ProgressEvents {
  readonly #clock: Clock;
  readonly #meter: ProgressMeter;
  readonly #emit: (finished: boolean) => void;
  #emittedMs: number;

  constructor(
    clock: Clock,
    at: { readonly job: string; readonly step: MoveStep; readonly table: string },
    before: { readonly rows: number; readonly bytes: number },
    totalRows: number | null,
    onEvent: (event: MoveEvent) => void,
  ) {
    this.#clock = clock;
    this.#meter = new ProgressMeter(clock, before, totalRows);
    this.#emit = (finished) => onEvent({ event: 'progress', ...at, ...this.#meter.read(), finished });
    this.#emittedMs = clock.monotonic();
    this.#emit(false);
  }

  get rows(): number {
    return this.#meter.read().rows;
  }

  add(rows: number, bytes: number): void {
    this.#meter.add(rows, bytes);
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#emittedMs < EMIT_MS) return;
    this.#emittedMs = nowMs;
    this.#emit(false);
  }

  finish(): void {
    this.#emit(true);
  }
}
