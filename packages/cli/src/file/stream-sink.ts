import type { Io } from '../io.ts';
import type { RowSink } from './export-rows.ts';

/** Standard output as a place for rows: each write waits for its reader. */
export class StreamSink implements RowSink {
  readonly #io: Io;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Throws what the run is stopped for, be it that nobody reads any more. */
  async write(text: string): Promise<void> {
    const { stdout, signal } = this.#io;
    stdout.write(text);
    await stdout.flush();
    signal.throwIfAborted();
  }

  async finish(): Promise<void> {}

  /** What was read cannot be taken back. */
  async discard(): Promise<void> {}
}
