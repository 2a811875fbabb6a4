import type { Row, RowStream } from './table.ts';

/** A stream whose next row can be looked at. */
export class Cursor {
  readonly #stream: RowStream;
  #head: Row | undefined;
  #ended = false;

  constructor(stream: RowStream) {
    this.#stream = stream;
  }

  async peek(): Promise<Row | undefined> {
    if (!this.#head && !this.#ended) {
      this.#head = await this.#stream.next();
      this.#ended = this.#head === undefined;
    }
    return this.#head;
  }

  take(): void {
    this.#head = undefined;
  }

  close(): void {
    this.#stream.close();
  }
}
