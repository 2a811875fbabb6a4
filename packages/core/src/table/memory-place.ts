import { refusal } from './errors.ts';
import { compareKeys, type RowKey, sameKey } from './key.ts';
import type { Version } from './table.ts';

/**
 * A row as memory keeps it. The properties are text, so that nothing that was handed in or given out is shared with
 * a caller who changes it afterwards.
 */
export interface StoredRow extends RowKey {
  readonly version: Version;
  readonly encoded: string;
}

/** What the handles of one memory store share: the tables' rows, and the counter that versions come from. */
export class MemoryPlace {
  readonly tables = new Map<string, MemoryRows>();
  #lastVersion = 0;

  /** Throws `TABLE_NOT_FOUND`. */
  rowsOf(table: string): MemoryRows {
    const rows = this.tables.get(table);
    if (!rows) throw refusal('TABLE_NOT_FOUND', `there is no table ${JSON.stringify(table)}`);
    return rows;
  }

  /** One counter for the whole place, so that not even a table that was dropped and made anew repeats a version. */
  nextVersion(): Version {
    this.#lastVersion += 1;
    return String(this.#lastVersion);
  }
}

/** The rows of one table, in contract order. */
export class MemoryRows {
  readonly #rows: StoredRow[] = [];
  #changeToken: string;

  /** `changeToken` is the first; no table of the place may have had it. */
  constructor(changeToken: string) {
    this.#changeToken = changeToken;
  }

  get changeToken(): string {
    return this.#changeToken;
  }

  find(key: RowKey): StoredRow | undefined {
    return this.#at(this.#indexOf(key), key);
  }

  put(row: StoredRow): void {
    const index = this.#indexOf(row);
    this.#rows.splice(index, this.#at(index, row) ? 1 : 0, row);
    this.#changeToken = row.version;
  }

  remove(key: RowKey, changeToken: string): void {
    const index = this.#indexOf(key);
    if (!this.#at(index, key)) return;
    this.#rows.splice(index, 1);
    this.#changeToken = changeToken;
  }

  /** The rows from `key` on, itself included; all of them if there is no key. */
  *from(key?: RowKey): Generator<StoredRow> {
    for (let index = key ? this.#indexOf(key) : 0; index < this.#rows.length; index += 1) {
      yield this.#rows[index] as StoredRow;
    }
  }

  #at(index: number, key: RowKey): StoredRow | undefined {
    const row = this.#rows[index];
    return row && sameKey(row, key) ? row : undefined;
  }

  /** Where `key` is, or would have to go. */
  #indexOf(key: RowKey): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#rows[middle] as StoredRow, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
