import type { MoveEvent, MoveStep } from 'changeover/move';
import type { Clock } from 'changeover/std';

/** What one run did in one step, of all its moves. */
export interface StepTally {
  readonly step: MoveStep;
  readonly seconds: number;
  /** From the jobs' beginnings. */
  readonly rows: number;
  /** In this run. */
  readonly rowsNow: number;
}

/** Counts rows and takes times, for what is said at the end. */
export class Tally {
  readonly #clock: Clock;
  readonly #done = new Map<MoveStep, StepTally>();
  #startedMs = 0;
  readonly #before = new Map<string, number>();
  readonly #rows = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The steps that finished, in order, each with what all moves did in it. */
  get steps(): readonly StepTally[] {
    return [...this.#done.values()];
  }

  onEvent(event: MoveEvent): void {
    if (event.event === 'stepStarted') this.#begin();
    if (event.event === 'stepFinished') this.#finish(event.step);
    if (event.event !== 'progress') return;
    // The first event of a table comes before any of its rows, and so tells what earlier runs did.
    if (!this.#before.has(event.table)) this.#before.set(event.table, event.rows);
    this.#rows.set(event.table, event.rows);
  }

  #begin(): void {
    this.#startedMs = this.#clock.monotonic();
    this.#before.clear();
    this.#rows.clear();
  }

  #finish(step: MoveStep): void {
    const rows = sum(this.#rows);
    const ms = this.#clock.monotonic() - this.#startedMs;
    const others = this.#done.get(step) ?? { seconds: 0, rows: 0, rowsNow: 0 };
    this.#done.set(step, {
      step,
      seconds: Math.round(others.seconds * 1000 + ms) / 1000,
      rows: others.rows + rows,
      rowsNow: others.rowsNow + rows - sum(this.#before),
    });
  }
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
