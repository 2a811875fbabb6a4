import { malformed } from './file-errors.ts';
import { LINE_BYTES_MAX, type Line } from './file-lines.ts';

/** A field, and where it begins. */
export interface CsvField {
  readonly text: string;
  /** What tells `""` from nothing at all. */
  readonly quoted: boolean;
  readonly line: number;
  readonly column: number;
}

/** A field of RFC 4180. It is quoted if it must be, and if it is empty. */
export function csvField(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A quoted field whose closing quote has not come yet. */
interface OpenField {
  readonly line: number;
  readonly column: number;
  text: string;
}

/**
 * Puts lines together to records of RFC 4180: a record goes on in the next line where a quoted field has a line feed.
 *
 * A record ends with a line feed, or carriage return and line feed. Throws `FILE_MALFORMED` for a quote that is not at
 * the beginning of its field, text behind a closing quote, and a carriage return by itself outside of quotes.
 */
export class CsvRecords {
  #fields: CsvField[] = [];
  #open: OpenField | undefined;

  /** The record that ends with this line, or undefined if it goes on. */
  add(line: Line): readonly CsvField[] | undefined {
    let at = this.#open ? this.#quoted(this.#open, line, 0) : this.#field(line, 0);
    while (at !== undefined && line.text[at] === ',') at = this.#field(line, at + 1);
    if (at === undefined) return undefined;
    const fields = this.#fields;
    this.#fields = [];
    return fields;
  }

  /** Throws if the lines ended inside of quotes. */
  end(): void {
    if (this.#open) throw notClosed(this.#open);
  }

  /** Reads a field from `start` on. Returns where it ended, or undefined if it goes on in the next line. */
  #field(line: Line, start: number): number | undefined {
    const { text, number } = line;
    if (text[start] === '"') {
      this.#open = { line: number, column: start + 1, text: '' };
      return this.#quoted(this.#open, line, start + 1);
    }
    const comma = text.indexOf(',', start);
    const end = comma < 0 ? endOf(text) : comma;
    const field = text.slice(start, end);
    const wrong = field.search(/["\r]/);
    if (wrong >= 0) throw malformed(number, start + wrong + 1, `expected ${wrongCharacter(field[wrong])}`);
    this.#fields.push({ text: field, quoted: false, line: number, column: start + 1 });
    return end;
  }

  /** Reads on in a quoted field. */
  #quoted(open: OpenField, { text, number }: Line, start: number): number | undefined {
    let at = start;
    for (let quote = text.indexOf('"', at); quote >= 0; quote = text.indexOf('"', at)) {
      open.text += text.slice(at, quote);
      at = quote + 1;
      if (text[at] !== '"') return this.#close(open, { text, number }, at);
      open.text += '"';
      at += 1;
    }
    open.text += `${text.slice(at)}\n`;
    // What was quoted by mistake swallows the rest of the file; it must not swallow the memory too.
    if (open.text.length > LINE_BYTES_MAX) throw notClosed(open);
    return undefined;
  }

  #close({ text: field, line, column }: OpenField, { text, number }: Line, at: number): number {
    if (at < endOf(text) && text[at] !== ',') {
      throw malformed(number, at + 1, 'expected "," or the end of the line behind the closing quote');
    }
    this.#fields.push({ text: field, quoted: true, line, column });
    this.#open = undefined;
    return at;
  }
}

/** Of the line's text, the carriage return of its end left out. */
function endOf(text: string): number {
  return text.endsWith('\r') ? text.length - 1 : text.length;
}

function wrongCharacter(character: string | undefined): string {
  return character === '"'
    ? 'a field with a quote in it to be in quotes itself'
    : 'a line feed behind this carriage return';
}

function notClosed({ line, column }: OpenField): Error {
  return malformed(line, column, 'the field that is quoted here is not closed');
}
