import type { Clock } from '../std/index.ts';

/** How far a piece of work has come. */
export interface Progress {
  readonly rows: number;
  readonly bytes: number;
  readonly totalRows: number | null;
  readonly rowsPerSecond: number;
  readonly etaSeconds: number | null;
}

interface Sample {
  readonly atMs: number;
  readonly rows: number;
}

/** Long enough to level out a slow batch, short enough to notice that the rate has changed. */
const WINDOW_MS = 10_000;
/** Before so much of a run has been seen, any rate would be a guess. */
const SETTLED_MS = 1_000;

/**
 * Counts rows and tells the rate of late and the time that is left.
 *
 * Rows from earlier runs count as done, but not towards the rate. The estimate is the rest divided by the rate over
 * the last ten seconds; until a second has passed, or without a total, there is none.
 */
export class ProgressMeter {
  readonly #clock: Clock;
  readonly #totalRows: number | null;
  #rows: number;
  #bytes: number;
  #samples: Sample[];

  constructor(clock: Clock, before: { rows: number; bytes: number }, totalRows: number | null) {
    this.#clock = clock;
    this.#totalRows = totalRows;
    this.#rows = before.rows;
    this.#bytes = before.bytes;
    this.#samples = [{ atMs: clock.monotonic(), rows: before.rows }];
  }

  add(rows: number, bytes: number): void {
    this.#rows += rows;
    this.#bytes += bytes;
    const nowMs = this.#clock.monotonic();
    const last = this.#samples.at(-1) as Sample;
    // A sample every tenth of a second is enough; the newest stands for all that came since.
    if (nowMs - last.atMs >= WINDOW_MS / 100) this.#samples.push({ atMs: nowMs, rows: this.#rows });
    while (this.#samples.length > 2 && (this.#samples[1] as Sample).atMs <= nowMs - WINDOW_MS)
      this.#samples.shift();
  }

  read(): Progress {
    const first = this.#samples[0] as Sample;
    const elapsedMs = this.#clock.monotonic() - first.atMs;
    const rate = elapsedMs > 0 ? ((this.#rows - first.rows) / elapsedMs) * 1000 : 0;
    return {
      rows: this.#rows,
      bytes: this.#bytes,
      totalRows: this.#totalRows === null ? null : Math.max(this.#totalRows, this.#rows),
      rowsPerSecond: Math.round(rate),
      etaSeconds: elapsedMs < SETTLED_MS ? null : this.#eta(rate),
    };
  }

  #eta(rate: number): number | null {
    if (this.#totalRows === null || rate <= 0) return null;
    return Math.ceil(Math.max(0, this.#totalRows - this.#rows) / rate);
  }
}
