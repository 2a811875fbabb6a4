import { Writable } from 'node:stream';
import { TextOutput } from '../../src/text-output.ts';

/** An output that keeps what was written. */
export class CapturedOutput extends TextOutput {
  readonly #chunks: string[];

  constructor(terminal = false) {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString());
        done();
      },
    });
    super(Object.assign(stream, { isTTY: terminal, columns: 100 }));
    this.#chunks = chunks;
  }

  get text(): string {
    return this.#chunks.join('');
  }

  get lines(): readonly string[] {
    return this.text.split('\n').slice(0, -1);
  }

  get events(): readonly Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
