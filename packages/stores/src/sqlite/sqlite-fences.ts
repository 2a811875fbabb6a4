import { checkEpoch, decodeProperties, epochOf, FENCE_TABLE, type Fence, fenceKey } from 'changeover/table';
import type { SqliteConnection } from './sqlite-connection.ts';
import { query } from './sqlite-rows.ts';

const EXISTS = `select 1 from sqlite_schema where name = '${FENCE_TABLE}'`;
const FIND = `select properties from ${FENCE_TABLE} where partition_key = ? and row_key = ?`;

/** The fences of a file, as its transactions see them. */
export class SqliteFences {
  readonly #connection: SqliteConnection;
  /** Once there, the table stays. Asking costs as much again as reading a fence, and more in a file of many tables. */
  #exists = false;
  /** What each fence was when it was last looked at: decoding it costs as much again as reading it. */
  readonly #seen = new Map<string, { readonly text: string; readonly epoch: number }>();

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  /**
   * Checks the fences of a write, inside its transaction. SQLite has one writer at a time, so that no fence can rise
   * between here and the commit.
   *
   * Throws `TABLE_FENCED`; whoever catches it rolls back.
   */
  check(fences: readonly Fence[] = []): void {
    for (const fence of fences) checkEpoch(fence, this.#epochOf(fence.name));
  }

  /** A file without the table has had no fence raised yet. */
  #epochOf(name: string): number {
    this.#exists ||= query(this.#connection, EXISTS).get() !== undefined;
    if (!this.#exists) return 0;
    const { partitionKey, rowKey } = fenceKey(name);
    const found = query(this.#connection, FIND).get(partitionKey, rowKey) as [properties: string] | undefined;
    if (!found) return 0;
    const [text] = found;
    const seen = this.#seen.get(name);
    if (seen?.text === text) return seen.epoch;
    const epoch = epochOf({ partitionKey, properties: decodeProperties(text) });
    this.#seen.set(name, { text, epoch });
    return epoch;
  }
}
