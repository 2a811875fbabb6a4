import { ProgressMeter } from 'changeover/transfer';
import type { CommonOptions } from '../common-options.ts';
import type { Invocation } from '../invocation.ts';
import { barText, standingText } from '../output/standing-text.ts';
import { Throttle } from '../output/throttle.ts';

/** How often it is told: as JSON, on a terminal, and in lines for logs. */
const JSON_MS = 250;
const TERMINAL_MS = 100;
const LINES_MS = 2_000;

const ERASE_LINE = '\r\u001b[2K';

/** Tells how far rows have come between a table and a file: as events of `--json`, or on standard error. */
export class RowProgress {
  readonly #table: string;
  readonly #doing: string;
  #meter: ProgressMeter;
  readonly #throttle: Throttle;
  readonly #invocation: Invocation;
  readonly #silent: boolean;

  /** `doing` is what is said to people: `exporting orders`. */
  constructor(
    { table, doing }: { table: string; doing: string },
    { quiet }: CommonOptions,
    invocation: Invocation,
  ) {
    const { io, json } = invocation;
    this.#table = table;
    this.#doing = doing;
    this.#invocation = invocation;
    this.#silent = quiet ?? false;
    this.#meter = this.#newMeter(null);
    this.#throttle = new Throttle(io.clock, json ? JSON_MS : io.stderr.isTerminal ? TERMINAL_MS : LINES_MS);
    // The interval begins with the work: a line that says "0 rows" tells nobody anything.
    if (!json) this.#throttle.passes(table);
  }

  /** Begins to measure now: what went before must not count as slow rows. */
  begin(totalRows: number | null): void {
    this.#meter = this.#newMeter(totalRows);
  }

  get rows(): number {
    return this.#meter.read().rows;
  }

  get bytes(): number {
    return this.#meter.read().bytes;
  }

  add(rows: number, bytes: number): void {
    this.#meter.add(rows, bytes);
    if (this.#throttle.passes(this.#table)) this.#tell(false);
  }

  finish(): void {
    if (this.#invocation.json) this.#tell(true);
    this.clear();
  }

  /** Takes an unfinished line off the terminal, so that what comes next begins a line of its own. */
  clear(): void {
    const { io, json } = this.#invocation;
    if (!this.#silent && !json && io.stderr.isTerminal) io.stderr.write(ERASE_LINE);
  }

  #newMeter(totalRows: number | null): ProgressMeter {
    return new ProgressMeter(this.#invocation.io.clock, { rows: 0, bytes: 0 }, totalRows);
  }

  #tell(finished: boolean): void {
    if (this.#silent) return;
    const { io, json } = this.#invocation;
    const standing = this.#meter.read();
    if (json) {
      if (finished || !json.lagging) {
        json.write({ event: 'progress' }, { table: this.#table, ...standing, finished });
      }
    } else if (io.stderr.isTerminal) {
      const text = barText(this.#doing, standing);
      io.stderr.write(ERASE_LINE + text.slice(0, (io.stderr.stream.columns ?? text.length + 1) - 1));
    } else {
      io.stderr.line(`${this.#doing}: ${standingText(standing)}`);
    }
  }
}
