import type { Connection, Submittable } from 'pg';
import type { StoredCells } from './postgres-statement.ts';

/** Rows to be sent to the server by COPY, and what is to be done before in the same transaction. */
export interface CopyIn {
  readonly before: readonly string[];
  /** `copy … from stdin`. */
  readonly copy: string;
  lines(before: readonly StoredCells[]): Iterable<Buffer>;
}

export interface CopiedIn {
  /** The rows that the statements before gave. */
  readonly before: readonly StoredCells[];
  /** How many rows the server took. */
  readonly rows: number;
}

/**
 * A transaction of several statements, the last of which is a COPY, as the driver's queue takes it. A stream could only
 * carry the COPY by itself, with a round trip for each of the other statements.
 */
export class CopyInQuery implements Submittable {
  readonly result: Promise<CopiedIn>;
  /** The driver puts something in its place that is to be called at the end. */
  callback: () => void = () => undefined;
  readonly #copy: CopyIn;
  readonly #before: StoredCells[] = [];
  #rows = 0;
  #settle: { resolve(copied: CopiedIn): void; reject(error: unknown): void } | undefined;

  constructor(copy: CopyIn) {
    this.#copy = copy;
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
  }

  submit(connection: Connection): void {
    const { before, copy } = this.#copy;
    connection.query(['begin isolation level repeatable read', ...before, copy, 'commit'].join(';\n'));
  }

  handleRowDescription(): void {
    // All is text.
  }

  handleDataRow({ fields }: { readonly fields: StoredCells }): void {
    this.#before.push(fields);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    try {
      for (const chunk of this.#copy.lines(this.#before)) connection.sendCopyFromChunk(chunk);
      connection.endCopyFrom();
    } catch (error) {
      this.#settle?.reject(error);
      connection.sendCopyFail('the rows could not be made');
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const [, rows] = /^COPY (\d+)$/.exec(text) ?? [];
    if (rows !== undefined) this.#rows = Number(rows);
  }

  handleError(error: unknown): void {
    this.callback();
    this.#settle?.reject(error);
  }

  handleReadyForQuery(): void {
    this.callback();
    this.#settle?.resolve({ before: this.#before, rows: this.#rows });
  }
}

/** What the driver's connection has besides what its types say. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
}

/** Fewer rows than these are not worth the round trips of a COPY. */
export const COPY_ROWS_MIN = 50;

/** How many rows are one text at a time. */
const CHUNK_ROWS = 2000;

/** Rows in COPY's text format, some at a time. `fieldsOf` gives the fields of a row, each of them an {@link copyField}. */
export function* linesOf<Row>(rows: readonly Row[], fieldsOf: (row: Row) => string): Generator<Buffer> {
  for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
    let text = '';
    const end = Math.min(start + CHUNK_ROWS, rows.length);
    for (let index = start; index < end; index += 1) text += `${fieldsOf(rows[index] as Row)}\n`;
    yield Buffer.from(text);
  }
}

/** What stands between two fields. */
export const FIELD_END = '\t';

/** A field of COPY's text format, which ends fields and rows with what it escapes, and escapes by a backslash. */
export function copyField(text: string | null): string {
  if (text === null) return '\\N';
  return SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (char) => ESCAPES[char] as string) : text;
}

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
