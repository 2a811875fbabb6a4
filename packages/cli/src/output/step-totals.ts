import type { ProgressEvent } from './progress-view.ts';

export type Standing = Pick<ProgressEvent, 'rows' | 'totalRows' | 'rowsPerSecond' | 'etaSeconds'>;

/** Where all tables of a step stand together. */
export class StepTotals {
  readonly #tables: number;
  readonly #latest = new Map<string, ProgressEvent>();

  /** `tables` is how many the step will tell of; the total is unknown until each has. */
  constructor(tables: number) {
    this.#tables = tables;
  }

  add(event: ProgressEvent): void {
    this.#latest.set(event.table, event);
  }

  read(): Standing {
    const events = [...this.#latest.values()];
    const rows = sum(events.map((event) => event.rows));
    const rowsPerSecond = sum(events.map((event) => (event.finished ? 0 : event.rowsPerSecond)));
    const totals = events.flatMap(({ totalRows }) => (totalRows === null ? [] : [totalRows]));
    const totalRows = totals.length === this.#tables ? sum(totals) : null;
    return { rows, totalRows, rowsPerSecond, etaSeconds: this.#eta(events, rows, totalRows, rowsPerSecond) };
  }

  /** No table may know better than the tables themselves: without an estimate of any, there is none of all. */
  #eta(events: readonly ProgressEvent[], rows: number, total: number | null, rate: number): number | null {
    const known = events.some(({ finished, etaSeconds }) => !finished && etaSeconds !== null);
    return known && total !== null && rate > 0 ? Math.ceil(Math.max(0, total - rows) / rate) : null;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
