import type { Connection, Submittable } from 'pg';
import type { Parameter, StoredCells } from './postgres-statement.ts';

export interface CellsRequest {
  readonly text: string;
  readonly values: readonly Parameter[];
  /** Of a prepared statement, which a connection keeps under it. */
  readonly name: string | undefined;
  /** Undefined for the connection's own. */
  readonly timeoutMs: number | undefined;
}

/**
 * One statement as the driver's queue takes it, which keeps the rows as they come off the wire. It does not ask the
 * server what the columns are, as the driver's own queries do for each call: here they are text.
 */
export class CellsQuery implements Submittable {
  readonly result: Promise<readonly StoredCells[]>;
  /** The driver remembers by these two what a connection has prepared. */
  readonly name: string | undefined;
  readonly text: string;
  /** Where the driver looks for the timeout. */
  readonly query_timeout: number | undefined;
  /** The driver puts something in its place that is to be called at the end. */
  callback: () => void = () => undefined;
  readonly #values: readonly Parameter[];
  readonly #cells: StoredCells[] = [];
  #resolve: (cells: readonly StoredCells[]) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor({ text, values, name, timeoutMs }: CellsRequest) {
    this.text = text;
    this.name = name;
    this.query_timeout = timeoutMs;
    this.#values = values;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  submit(connection: Connection): void {
    if (this.name === undefined && this.#values.length === 0) connection.query(this.text);
    else this.#submitExtended(connection as PreparingConnection);
  }

  handleRowDescription(): void {
    // All is text.
  }

  handleDataRow({ fields }: { readonly fields: StoredCells }): void {
    this.#cells.push(fields);
  }

  handleCommandComplete(): void {
    // What was done to how many rows nobody asks.
  }

  handleError(error: unknown): void {
    this.callback();
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.callback();
    this.#resolve(this.#cells);
  }

  /** All messages go out together, so that the server answers once. */
  #submitExtended(connection: PreparingConnection): void {
    const { name, text } = this;
    const statement = name ?? '';
    connection.stream.cork();
    try {
      const known =
        name !== undefined &&
        (connection.parsedStatements[name] ?? connection.submittedNamedStatements[name]);
      if (!known) {
        connection.parse({ name: statement, text, types: [] }, true);
        if (name !== undefined) connection.submittedNamedStatements[name] = text;
      }
      connection.bind({ statement, values: this.#values.map(parameterText) }, true);
      connection.execute(null, true);
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
  }
}

/** What the driver's connection has besides what its types say: the texts of what is prepared, by their names. */
interface PreparingConnection extends Connection {
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
}

/** A parameter as the server reads it. */
function parameterText(value: Parameter): string | null {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? `{${value.map(elementText).join(',')}}` : String(value);
}

/** Two plain replacements cost less than one that has to put back what it found. */
function elementText(value: string | number | boolean | null): string {
  if (value === null) return 'NULL';
  if (typeof value !== 'string') return String(value);
  return `"${value.replace(BACKSLASH, '\\\\').replace(QUOTE, '\\"')}"`;
}

const BACKSLASH = /\\/g;
const QUOTE = /"/g;
