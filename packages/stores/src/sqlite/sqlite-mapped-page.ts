import { keyOf, type Manifest, type Row, type RowKey, refusal, rowBytes } from 'changeover/table';

/** A page is held in memory whole, whatever budget its caller gives. */
const PAGE_BYTES = 16 * 1024 * 1024;

/** The rows of a page, until it is full. */
export class MappedPage {
  readonly rows: Row[] = [];
  readonly #limit: number;
  readonly #bytes: number;
  #size = 0;

  constructor(limit: number, bytes: number = PAGE_BYTES) {
    this.#limit = limit;
    this.#bytes = bytes;
  }

  /** Returns whether there is room for another one. */
  add(row: Row): boolean {
    this.rows.push(row);
    this.#size += rowBytes(row);
    return this.rows.length < this.#limit && this.#size < this.#bytes;
  }

  get lastKey(): RowKey | undefined {
    const last = this.rows.at(-1);
    return last && keyOf(last);
  }
}

/** The rows of an atomic query, which must not be too many. */
export class MappedAnswer {
  readonly rows: Row[] = [];
  readonly #partitionKey: string;
  readonly #limits: Manifest['atomicQuery'];
  #size = 0;

  constructor(partitionKey: string, limits: Manifest['atomicQuery']) {
    this.#partitionKey = partitionKey;
    this.#limits = limits;
  }

  add(row: Row): void {
    this.rows.push(row);
    this.#size += rowBytes(row);
    const { rows, bytes } = this.#limits;
    if (this.rows.length <= rows && this.#size <= bytes) return;
    throw refusal(
      'TABLE_QUERY_TOO_LARGE',
      `partition ${JSON.stringify(this.#partitionKey)} holds more matching rows than ${rows}, or than ${bytes} bytes`,
      { partitionKey: this.#partitionKey },
    );
  }
}
