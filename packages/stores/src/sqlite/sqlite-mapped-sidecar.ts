import {
  type Change,
  decodeProperties,
  encodeProperties,
  isReservedProperty,
  isReservedRow,
  keyOf,
  type Properties,
  type Row,
  type RowKey,
  type WriteResult,
} from 'changeover/table';
import { EVERYTHING, type KeyRange } from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { chunksOf, type SqliteRows, type StoredRow } from './sqlite-rows.ts';
import { createSidecar, hasSidecar, openSidecar } from './sqlite-sidecar.ts';
import { applyWrite } from './sqlite-write.ts';

/** The version of reserved properties: they share that of the row that they belong to. */
const UNVERSIONED = 0;

/**
 * What is reserved of a mapped table, none of which its own columns could hold: reserved rows, and under the key of
 * a user's row that row's reserved properties. Everything is synchronous, and belongs inside a transaction.
 *
 * The file has a sidecar only from the first reserved write on: reading never makes one.
 */
export class MappedSidecar {
  readonly #connection: SqliteConnection;
  readonly #rows: SqliteRows;

  constructor(connection: SqliteConnection, table: string) {
    this.#connection = connection;
    this.#rows = openSidecar(connection, table);
  }

  exists(): boolean {
    return hasSidecar(this.#connection);
  }

  /** A reserved row. */
  find(key: RowKey): Row | undefined {
    const stored = this.exists() ? this.#rows.get(key) : undefined;
    return stored && rowOf(stored);
  }

  /** The reserved rows of a range in contract order, fetched as they are asked for. */
  *rows(range: KeyRange = EVERYTHING): Generator<Row> {
    if (!this.exists()) return;
    for (const chunk of chunksOf([this.#rows], range)) {
      for (const stored of chunk) if (isReservedRow(stored[1])) yield rowOf(stored);
    }
  }

  /** The reserved properties of a user's row. The sidecar must exist. */
  propertiesOf(key: RowKey): Properties {
    const stored = this.#rows.get(key);
    return stored ? decodeProperties(stored[3]) : {};
  }

  /** Puts these reserved properties of a user's row in the place of all that it had. */
  setProperties(key: RowKey, properties: Properties): void {
    if (Object.keys(properties).length > 0) {
      createSidecar(this.#connection);
      this.#rows.put([{ ...keyOf(key), encoded: encodeProperties(properties) }], UNVERSIONED);
    } else if (this.exists()) {
      this.#rows.delete(key);
    }
  }

  /** The first user's row that has reserved properties, with one of their names. */
  firstProperty(): { readonly key: RowKey; readonly name: string } | undefined {
    if (!this.exists()) return undefined;
    const stored = this.#rows.firstContaining('{', ([, rowKey]) => !isReservedRow(rowKey));
    const row = stored && rowOf(stored);
    return row && { key: row, name: Object.keys(row.properties)[0] ?? '' };
  }

  /** Applies a write to a reserved row. Its versions count from 1, as those of a version column do. */
  apply(write: Change, index: number): WriteResult {
    createSidecar(this.#connection);
    const version = (this.#rows.get(write)?.[2] ?? 0) + 1;
    return { version: applyWrite(this.#rows, write, index, version) ? String(version) : undefined };
  }
}

export function reservedOf(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => isReservedProperty(name)));
}

function rowOf([partitionKey, rowKey, version, encoded]: StoredRow): Row {
  return { partitionKey, rowKey, version: String(version), properties: decodeProperties(encoded) };
}
