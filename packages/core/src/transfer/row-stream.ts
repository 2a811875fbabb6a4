import type { Row, Table } from '../table/index.ts';
import type { KeyRange } from './key-range.ts';
import { type PageOptions, pagesOf } from './pages.ts';

/**
 * The rows of a range one by one. `next` answers at once while the current page lasts, so that a merge of two streams
 * does not wait on a promise for each row.
 */
export class RowStream {
  readonly #pages: AsyncGenerator<{ readonly rows: readonly Row[] }>;
  #rows: readonly Row[] = [];
  #index = 0;
  #ended = false;

  constructor(table: Table, range: KeyRange, options: PageOptions) {
    this.#pages = pagesOf(table, range, options);
  }

  /** The row at the front, or undefined if a page has to be read first, or at the end: {@link fill} tells. */
  get head(): Row | undefined {
    return this.#rows[this.#index];
  }

  /** Takes the head off. */
  advance(): void {
    this.#index += 1;
  }

  /** Reads on until there is a head. False at the end. */
  async fill(): Promise<boolean> {
    while (this.#index >= this.#rows.length && !this.#ended) {
      const { value, done } = await this.#pages.next();
      this.#ended = done === true;
      this.#rows = done ? [] : value.rows;
      this.#index = 0;
    }
    return this.#index < this.#rows.length;
  }

  async close(): Promise<void> {
    await this.#pages.return(undefined);
  }
}
