import { CsvColumns, type FileFormat, ndjsonLine } from '@changeover/stores/file';
import { type Row, type RowData, roughBytes, type Table } from 'changeover/table';
import { pagesOf } from 'changeover/transfer';
import type { RowChoice } from './row-choice.ts';

/** Where text of rows goes. A writer waits for each write, so that a slow sink holds the table's reader back. */
export interface RowSink {
  write(text: string): Promise<void>;
}

export interface ExportOptions extends RowChoice {
  readonly format: FileFormat;
  readonly signal: AbortSignal;
}

export interface ExportProgress {
  /** Called before the first row is written; `totalRows` is null if nobody knows. */
  begin(totalRows: number | null): void;
  add(rows: number, bytes: number): void;
}

const PAGE_ROWS = 1000;
const PAGE_BYTES = 4 * 1024 * 1024;
/** So much text is gathered before it is written. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Writes the rows of a table, in order. For CSV it reads them twice, since the header goes before the first row. */
export async function exportRows(
  table: Table,
  sink: RowSink,
  progress: ExportProgress,
  options: ExportOptions,
): Promise<void> {
  const { header, lineOf } = await layoutOf(table, options);
  progress.begin(await totalRows(table, options));
  if (header !== '') await sink.write(header);
  for await (const rows of pages(table, options)) {
    let text = '';
    let bytes = 0;
    for (const row of rows) {
      text += lineOf(row);
      bytes += roughBytes(row);
      if (text.length < CHUNK_CHARACTERS) continue;
      await sink.write(text);
      text = '';
    }
    if (text !== '') await sink.write(text);
    progress.add(rows.length, bytes);
  }
}

interface Layout {
  readonly header: string;
  lineOf(row: RowData): string;
}

async function layoutOf(table: Table, options: ExportOptions): Promise<Layout> {
  if (options.format === 'ndjson') return { header: '', lineOf: ndjsonLine };
  const columns = new CsvColumns();
  for await (const rows of pages(table, options)) for (const row of rows) columns.add(row);
  return { header: columns.header(), lineOf: (row) => columns.line(row) };
}

/** How many rows match a filter is not known before they have been read. */
async function totalRows(table: Table, { filter, limit, signal }: ExportOptions): Promise<number | null> {
  if (filter) return null;
  const { rows } = await table.sampleKeys(1, { signal });
  return rows === undefined ? null : Math.min(rows, limit ?? rows);
}

async function* pages(
  table: Table,
  { filter, limit, signal }: ExportOptions,
): AsyncGenerator<readonly Row[]> {
  let left = limit ?? Number.POSITIVE_INFINITY;
  const whole = { after: undefined, through: undefined };
  const options = { filter, rows: Math.min(PAGE_ROWS, left), bytes: PAGE_BYTES, signal };
  for await (const { rows } of pagesOf(table, whole, options)) {
    yield rows.slice(0, left);
    left -= rows.length;
    if (left <= 0) return;
  }
}
