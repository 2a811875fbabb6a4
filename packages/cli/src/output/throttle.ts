import type { Clock } from 'changeover/std';

/** Lets one through per name and interval; the first of a name always. */
export class Throttle {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #lastMs = new Map<string, number>();

  constructor(clock: Clock, intervalMs: number) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  passes(name: string): boolean {
    const nowMs = this.#clock.monotonic();
    const lastMs = this.#lastMs.get(name);
    if (lastMs !== undefined && nowMs - lastMs < this.#intervalMs) return false;
    this.#lastMs.set(name, nowMs);
    return true;
  }
}
