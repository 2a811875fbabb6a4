import type pg from 'pg';
import { CellsQuery } from './postgres-cells-query.ts';
import { type CopiedIn, type CopyIn, CopyInQuery } from './postgres-copy.ts';
import { isRefusal } from './postgres-errors.ts';
import type { Statement, StoredCells } from './postgres-statement.ts';

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

  run({ text, values = [], prepared, patient }: Statement): Promise<readonly StoredCells[]> {
    return this.#watch(() => {
      const name = prepared ? nameOf(text) : undefined;
      const timeoutMs = patient ? WITHOUT_END_MS : undefined;
      const query = new CellsQuery({ text, values, name, timeoutMs });
      this.#client.query(query);
      return query.result;
    });
  }

  /** Runs commands that give nothing, all in one round trip. */
  async command(text: string): Promise<void> {
    await this.#watch(() => this.#client.query(text));
  }

  /**
   * Sends rows to the server by COPY, in a transaction of its own with what is to be done before: all in one message, so
   * that nobody waits in between. `before` are statements without parameters; each must give one row or none, or fail.
   * `lines` makes the rows, in COPY's text format, of what they gave.
   */
  async copyIn(copy: CopyIn): Promise<CopiedIn> {
    const query = new CopyInQuery(copy);
    try {
      return await this.#watch(() => {
        this.#client.query(query);
        return query.result;
      });
    } catch (error) {
      if (!this.#broken) await this.command('rollback').catch(() => this.abandon());
      throw error;
    }
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
