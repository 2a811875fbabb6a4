import { type FileRow, fileRefusal } from '@changeover/stores/file';
import {
  formatKey,
  isReservedProperty,
  isReservedRow,
  matchesFilter,
  type Problem,
  type RowData,
  roughBytes,
} from 'changeover/table';
import type { ImportTarget } from './import-target.ts';
import type { RowChoice } from './row-choice.ts';

export interface ImportOptions extends RowChoice {
  readonly batchRows: number;
  readonly signal: AbortSignal;
  /** After a batch is safe in the table. */
  onImported(rows: number, bytes: number): void;
}

/** With the batch, at most one page of text is in memory; this is what bounds it. */
const BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Loads rows in batches, in order, so that of two rows with one key the later one stays.
 *
 * Throws `FILE_NOT_REPRESENTABLE` with the line of a row that the table cannot hold. Whatever is thrown, nothing of the
 * batch in hand was written, as far as the table's loads are atomic.
 */
export async function importRows(
  rows: AsyncIterable<FileRow>,
  target: ImportTarget,
  options: ImportOptions,
): Promise<void> {
  const { filter, limit } = options;
  let batch = new Batch(target, options.batchRows);
  let chosen = 0;
  for await (const each of rows) {
    options.signal.throwIfAborted();
    if (filter && !matchesFilter(filter, each.row)) continue;
    if (!batch.takes(each.row)) {
      await load(batch, target, options);
      batch = new Batch(target, options.batchRows);
    }
    batch.add(each);
    chosen += 1;
    if (chosen === limit) break;
  }
  await load(batch, target, options);
}

async function load({ rows, bytes }: Batch, target: ImportTarget, options: ImportOptions): Promise<void> {
  if (!target.ready) for (const each of rows) checkHeld(each, target.problemOf(each.row));
  const table = await target.open();
  // Again: a table that was only just made may know more of what it cannot hold than its store did.
  for (const each of rows) checkHeld(each, table.problemOf(each.row));
  await table.load(
    rows.map(({ row }) => row),
    { signal: options.signal },
  );
  options.onImported(rows.length, bytes);
}

/** Rows of distinct keys, within the limits of a load. A row that is over the limit by itself is a batch alone. */
class Batch {
  readonly rows: FileRow[] = [];
  bytes = 0;
  readonly #keys = new Set<string>();
  readonly #rowsMax: number;
  readonly #bytesMax: number;

  constructor({ load: limits }: ImportTarget, batchRows: number) {
    this.#rowsMax = Math.min(batchRows, limits.rows);
    this.#bytesMax = Math.min(BATCH_BYTES, limits.bytes);
  }

  takes(row: RowData): boolean {
    if (this.rows.length === 0) return true;
    if (this.rows.length >= this.#rowsMax || this.bytes + roughBytes(row) > this.#bytesMax) return false;
    return !this.#keys.has(formatKey(row));
  }

  add(each: FileRow): void {
    this.rows.push(each);
    this.bytes += roughBytes(each.row);
    this.#keys.add(formatKey(each.row));
  }
}

function checkHeld({ line, row }: FileRow, problem: Problem | undefined): void {
  const found = problem ?? reservedProblem(row);
  if (!found) return;
  const subject = found.property === undefined ? 'the row' : `property ${JSON.stringify(found.property)}`;
  throw fileRefusal(
    'FILE_NOT_REPRESENTABLE',
    `line ${line}: row ${formatKey(row)}: ${subject} ${found.reason}`,
    'Choose a table that can hold it, or leave such rows out with --where.',
  );
}

function reservedProblem({ rowKey, properties }: RowData): Problem | undefined {
  if (isReservedRow(rowKey)) {
    return { property: undefined, reason: 'has a row key that is reserved for Changeover' };
  }
  const property = Object.keys(properties).find(isReservedProperty);
  return property === undefined
    ? undefined
    : { property, reason: 'has a name that is reserved for Changeover' };
}
