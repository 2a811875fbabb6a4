import type { FileFormat } from './file-config.ts';
import { CsvReader } from './file-csv.ts';
import { type Line, linesOf } from './file-lines.ts';
import { parseNdjsonLine } from './file-ndjson.ts';
import type { FileRow } from './file-row.ts';

/**
 * The rows that bytes of a file hold, one by one, so that those before a fault have been given when it is thrown.
 *
 * Throws `FILE_MALFORMED` with the line and the column, and what `chunks` throws.
 */
export async function* readRows(
  chunks: AsyncIterable<Uint8Array>,
  format: FileFormat,
): AsyncGenerator<FileRow> {
  const reader: RowReader = format === 'csv' ? new CsvReader() : NDJSON_READER;
  for await (const line of linesOf(chunks)) {
    const row = reader.add(line);
    if (row) yield row;
  }
  reader.end();
}

interface RowReader {
  /** The row that ends with this line, if one does. */
  add(line: Line): FileRow | undefined;
  end(): void;
}

const NDJSON_READER: RowReader = {
  add: (line) => ({ line: line.number, row: parseNdjsonLine(line) }),
  end: () => {},
};
