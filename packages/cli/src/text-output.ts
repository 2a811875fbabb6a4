type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableNeedDrain?: boolean;
};

/** Standard output or standard error. Once its reader is gone, what is written goes nowhere, and nothing throws. */
export class TextOutput {
  readonly stream: OutputStream;
  #gone = false;

  /** `onGone` hears once of the stream's first error: `EPIPE` if the reader closed it, or a full disk. */
  constructor(stream: OutputStream, onGone: (error: NodeJS.ErrnoException) => void = () => {}) {
    this.stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#gone) return;
      this.#gone = true;
      onGone(error);
    });
  }

  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** Whether the reader is behind, so that what can be left out should be. */
  get lagging(): boolean {
    return this.stream.writableNeedDrain === true;
  }

  write(text: string): void {
    if (!this.#gone) this.stream.write(text);
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** Resolves when the reader has all that was written, or is gone. */
  flush(): Promise<void> {
    if (this.#gone) return Promise.resolve();
    return new Promise((resolve) => {
      this.stream.write('', () => resolve());
    });
  }
}
