/**
 * Whether `text` is what jsonb would give back for it: it keeps values, not their spelling. Members are sorted by the
 * length of their names and then by their bytes, none stands twice, one space follows a comma or colon, and numbers have
 * no exponent.
 */
export function isJsonbText(text: string): boolean {
  const printer = new JsonbReader(text);
  return printer.read();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?/y;
const NEGATIVE_ZERO = /^-0(?:\.0*)?$/;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const WORD = /true|false|null/y;
/** The deepest that this reader goes; deeper documents count as spelled otherwise. */
const DEPTH_MAX = 500;

class JsonbReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): boolean {
    return this.#value(0) && this.#at === this.#text.length;
  }

  #value(depth: number): boolean {
    if (depth > DEPTH_MAX) return false;
    const first = this.#text[this.#at];
    if (first === '{') return this.#list('{}', () => this.#member(depth));
    if (first === '[') return this.#list('[]', () => (this.#value(depth + 1) ? '' : undefined));
    if (first === '"') return this.#string() !== undefined;
    const number = this.#take(NUMBER);
    if (number !== undefined) return !NEGATIVE_ZERO.test(number);
    return this.#take(WORD) !== undefined;
  }

  /** `item` gives the name of a member, an empty text for an element, or undefined for what is neither. */
  #list([open, close]: string, item: () => string | undefined): boolean {
    this.#skip(open as string);
    if (this.#skip(close as string)) return true;
    for (let before: string | undefined; ; ) {
      const name = item();
      if (name === undefined || (open === '{' && before !== undefined && !isBefore(before, name)))
        return false;
      before = name;
      if (!this.#skip(', ')) return this.#skip(close as string);
    }
  }

  #member(depth: number): string | undefined {
    const name = this.#string();
    return name !== undefined && this.#skip(': ') && this.#value(depth + 1) ? name : undefined;
  }

  /** The text that a string means, if it is spelled as the server does, which has no NUL. */
  #string(): string | undefined {
    const literal = this.#take(STRING);
    if (literal === undefined) return undefined;
    const value = JSON.parse(literal) as string;
    return JSON.stringify(value) === literal && !value.includes('\0') ? value : undefined;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }
}

function isBefore(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length ? Buffer.compare(left, right) < 0 : left.length < right.length;
}
