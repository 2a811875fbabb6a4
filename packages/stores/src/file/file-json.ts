import { malformed } from './file-errors.ts';
import type { Line } from './file-lines.ts';
import { NUMBER } from './file-number.ts';

const NUMBER_HERE = new RegExp(NUMBER, 'y');
const SPACE = /[ \t\r]*/y;

export type Scalar = string | boolean | { readonly digits: string };

/**
 * Reads the JSON text of a line piece by piece, as its caller expects it.
 *
 * `JSON.parse` would neither say where a fault is nor notice a name that stands twice, of which it keeps the last.
 * Every method skips the space before what it reads, and throws `FILE_MALFORMED` with the column of what it found.
 */
export class JsonCursor {
  readonly #line: Line;
  #at = 0;

  constructor(line: Line) {
    this.#line = line;
  }

  /** The column, from 1, of what comes next. */
  get column(): number {
    this.#skipSpace();
    return this.#at + 1;
  }

  /** Reads an object. `member` must read the value that belongs to the name; `column` is the name's. */
  object(expected: string, member: (name: string, column: number) => void): void {
    if (!this.#take('{')) throw this.#unexpected(expected);
    if (this.#take('}')) return;
    const names = new Set<string>();
    do {
      const { column } = this;
      const name = this.string('a name in double quotes');
      if (names.has(name)) throw this.fault(column, `the name ${JSON.stringify(name)} stands here twice`);
      names.add(name);
      if (!this.#take(':')) throw this.#unexpected('":"');
      member(name, column);
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected('"," or "}"');
  }

  string(expected: string): string {
    const { column } = this;
    const { text } = this.#line;
    if (text[this.#at] !== '"') throw this.#unexpected(expected);
    const end = closingQuote(text, this.#at);
    if (end === undefined) throw this.fault(column, 'this string is not closed');
    const literal = text.slice(this.#at, end + 1);
    this.#at = end + 1;
    try {
      return JSON.parse(literal) as string;
    } catch (cause) {
      throw this.fault(column, 'this string has an escape that is none, or a bare control character', cause);
    }
  }

  /** A string, number or boolean. What number the digits are is for the type to say, which may come later. */
  scalar(): Scalar {
    this.#skipSpace();
    const { text } = this.#line;
    if (text[this.#at] === '"') return this.string('a string');
    for (const word of ['true', 'false']) {
      if (!text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return word === 'true';
    }
    NUMBER_HERE.lastIndex = this.#at;
    const digits = NUMBER_HERE.exec(text)?.[0];
    if (digits === undefined) throw this.#unexpected('a string, a number, true or false');
    this.#at += digits.length;
    return { digits };
  }

  end(): void {
    this.#skipSpace();
    if (this.#at < this.#line.text.length) throw this.#unexpected('the end of the line');
  }

  fault(column: number, message: string, cause?: unknown): Error {
    return malformed(this.#line.number, column, message, cause);
  }

  #take(character: string): boolean {
    this.#skipSpace();
    if (this.#line.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#line.text)?.[0].length ?? 0;
  }

  #unexpected(expected: string): Error {
    const { column } = this;
    const found = this.#line.text.codePointAt(this.#at);
    const what = found === undefined ? 'the end of the line' : JSON.stringify(String.fromCodePoint(found));
    return this.fault(column, `expected ${expected}, found ${what}`);
  }
}

/** Where the string that is opened at `open` ends. A quote behind an odd number of backslashes does not end it. */
function closingQuote(text: string, open: number): number | undefined {
  for (let quote = text.indexOf('"', open + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote;
  }
  return undefined;
}
