import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { isRefusal } from './postgres-errors.ts';

/** A row as the server gives it: each column as its text, NULL as null. */
export type StoredCells = readonly (string | null)[];

/** What can be bound to a parameter. An array becomes an array of the server's. */
export type Parameter = string | number | boolean | Buffer | null | readonly (string | number | null)[];

export interface Statement {
  readonly text: string;
  readonly values?: readonly Parameter[];
  /** For texts of which there are few: each connection parses and plans them once. */
  readonly prepared?: boolean;
  /** Waits for the answer without end; for a transaction that is patient too. */
  readonly patient?: boolean;
}

/** Leaves every value as the text that the server sends. */
const AS_TEXT = { getTypeParser: () => (text: unknown) => text } as unknown as pg.CustomTypesConfig;

/** The names of prepared statements, which a connection keeps until it ends. */
const NAMES = new Map<string, string>();
const NAMES_MAX = 500;

/** The longest that a timer can wait: 25 days. */
const WITHOUT_END_MS = 2 ** 31 - 1;

/** One connection of the pool, for one piece of work. */
export class PostgresSession {
  readonly #client: pg.PoolClient;
  #roundTrips = 0;
  #broken = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  get roundTrips(): number {
    return this.#roundTrips;
  }

  /** Whether the connection may not be used any more. */
  get broken(): boolean {
    return this.#broken;
  }

  async run({ text, values = [], prepared, patient }: Statement): Promise<readonly StoredCells[]> {
    const name = prepared ? nameOf(text) : undefined;
    const result = await this.#watch(() =>
      this.#client.query<(string | null)[]>({
        text,
        values: values as unknown[],
        rowMode: 'array',
        types: AS_TEXT,
        ...(name === undefined ? {} : { name }),
        ...(patient ? { query_timeout: WITHOUT_END_MS } : {}),
      }),
    );
    return result.rows;
  }

  /** Runs commands that give nothing, all in one round trip. */
  async command(text: string): Promise<void> {
    await this.#watch(() => this.#client.query(text));
  }

  /** Sends rows to the server by COPY: `chunks` are whole lines of its text format. Gives how many rows it took. */
  copyIn(sql: string, chunks: Iterable<Buffer>): Promise<number> {
    return this.#watch(async () => {
      const stream = this.#client.query(copyFrom(sql));
      // Handled below; without this, a failure before that moment would end the process.
      const ended = once(stream, 'finish');
      ended.catch(() => undefined);
      for (const chunk of chunks) {
        if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), ended]);
      }
      stream.end();
      await ended;
      return stream.rowCount;
    });
  }

  /** Gives the connection up: nobody knows what it would answer next. */
  abandon(): void {
    this.#broken = true;
  }

  release(): void {
    this.#client.release(this.#broken);
  }

  async #watch<T>(work: () => Promise<T>): Promise<T> {
    this.#roundTrips += 1;
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) this.#broken = true;
      throw error;
    }
  }
}

function nameOf(text: string): string | undefined {
  const known = NAMES.get(text);
  if (known !== undefined) return known;
  if (NAMES.size >= NAMES_MAX) return undefined;
  const name = `changeover_${NAMES.size}`;
  NAMES.set(text, name);
  return name;
}
