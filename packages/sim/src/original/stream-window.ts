import { compareKeys, type Filter, type Key, matches, type Row } from './protocol/index.ts';
import { type Rows, sameRow } from './virtual-table.ts';

/**
 * What a stream may give: rows in order, each as it was at some instant since the stream was opened, and none left out
 * that was there and matched all the time.
 */
export class StreamWindow {
  readonly #filter: Filter | undefined;
  /** All that the table has been since the stream was opened, oldest first; it grows. */
  readonly #states: () => readonly Rows[];
  #last: Key | undefined;

  constructor(filter: Filter | undefined, states: () => readonly Rows[]) {
    this.#filter = filter;
    this.#states = states;
  }

  /** @param row what the stream gave; undefined for its end @throws if it may not */
  check(row: Row | undefined): void {
    const states = this.#states();
    if (row && this.#last && compareKeys(row, this.#last) <= 0) {
      throw new Error(`the stream gave ${show(row)} behind ${show(this.#last)}`);
    }
    const skipped = [...(states[0] as Rows).keys()].find(
      (key) =>
        this.#isPassed(key, states[0] as Rows, row) && states.every((rows) => this.#isWanted(rows.get(key))),
    );
    if (skipped !== undefined)
      throw new Error(`the stream left ${skipped} out, which was there all the time`);
    if (row && !states.some((rows) => this.#isRight(rows.get(`${row.partition}/${row.row}`), row))) {
      throw new Error(`the stream gave ${show(row)} ${JSON.stringify(row.properties)}, as it never was`);
    }
    if (row) this.#last = row;
  }

  #isPassed(key: string, rows: Rows, upTo: Row | undefined): boolean {
    const row = rows.get(key) as Row;
    const behind = !this.#last || compareKeys(row, this.#last) > 0;
    return behind && (!upTo || compareKeys(row, upTo) < 0);
  }

  #isWanted(row: Row | undefined): boolean {
    return row !== undefined && matches(row, this.#filter);
  }

  #isRight(row: Row | undefined, given: Row): boolean {
    return row !== undefined && sameRow(row, given) && matches(row, this.#filter);
  }
}

function show({ partition, row }: Key): string {
  return `${partition}/${row}`;
}
