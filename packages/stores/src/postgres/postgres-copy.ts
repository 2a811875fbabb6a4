/** Fewer rows than these are not worth the round trips of a COPY. */
export const COPY_ROWS_MIN = 50;

/** How many rows are one text at a time. */
const CHUNK_ROWS = 2000;

/** Rows in COPY's text format, some at a time. `fields` gives the texts of a row, and null for NULL. */
export function* linesOf<Row>(
  rows: readonly Row[],
  fields: (row: Row) => readonly (string | null)[],
): Generator<Buffer> {
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    let text = '';
    const end = Math.min(start + CHUNK_ROWS, rows.length);
    for (let index = start; index < end; index += 1) {
      let between = '';
      for (const field of fields(rows[index] as Row)) {
        text += between + (field === null ? '\\N' : escaped(field));
        between = '\t';
      }
      text += '\n';
    }
    yield Buffer.from(text);
  }
}

/** COPY's text format ends fields and rows with what it escapes, and takes a backslash for the escape itself. */
function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (char) => ESCAPES[char] as string) : text;
}

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
