import type Database from 'better-sqlite3';
import type { RowKey } from 'changeover/table';
import { type KeyRange, keyAfter } from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { quoteName, quoteText } from './sqlite-names.ts';

/** A row as it lies in the file. `properties` is the canonical encoding. */
export type StoredRow = readonly [partitionKey: string, rowKey: string, version: number, properties: string];

/** A row to be written; `encoded` is the canonical encoding of its properties. */
export interface UnversionedRow extends RowKey {
  readonly encoded: string;
}

/** Where rows lie: in a table of their own, or in a shared one under the name in its column `table_name`. */
export interface RowsPlace {
  readonly table: string;
  readonly sharedAs?: string;
}

/** Columns that every table of stored rows ends with. */
export const ROW_COLUMNS =
  'partition_key TEXT NOT NULL, row_key TEXT NOT NULL, version INTEGER NOT NULL, properties TEXT NOT NULL';

/** How many rows one statement writes. Divides the usual batch; with more, statements only take longer to prepare. */
const WRITE_ROWS = 100;
/**
 * How many rows one statement fetches: few at first, since none is known before it is there, and their number times the
 * largest row is what memory must hold; then as many as should come to `READ_BYTES` by those before them. Fetching 500
 * at once is a third faster than 64, and twice as fast as one by one.
 */
const READ_ROWS_FIRST = 64;
const READ_ROWS_MAX = 512;
const READ_BYTES = 512 * 1024;

/**
 * Stored rows in one place. Everything is synchronous, and belongs inside a transaction of the connection; errors are
 * the driver's own.
 */
export class SqliteRows {
  readonly connection: SqliteConnection;
  readonly #table: string;
  readonly #condition: string;
  readonly #insertOne: string;
  readonly #insertChunk: string;

  constructor(connection: SqliteConnection, { table, sharedAs }: RowsPlace) {
    const name = sharedAs === undefined ? undefined : quoteText(sharedAs);
    this.connection = connection;
    this.#table = quoteName(table);
    this.#condition = name === undefined ? 'true' : `table_name = ${name}`;
    const columns = `${name === undefined ? '' : 'table_name, '}partition_key, row_key, version, properties`;
    const values = `(${name === undefined ? '' : `${name}, `}?, ?, @version, ?)`;
    const insert = `insert or replace into ${this.#table} (${columns}) values `;
    this.#insertOne = insert + values;
    this.#insertChunk = insert + Array<string>(WRITE_ROWS).fill(values).join(', ');
  }

  get({ partitionKey, rowKey }: RowKey): StoredRow | undefined {
    const sql = `${this.select()} and partition_key = ? and row_key = ?`;
    return query(this.connection, sql).get(partitionKey, rowKey) as StoredRow | undefined;
  }

  /** Writes rows with the version `version`, over those that have the same key. */
  put(rows: readonly UnversionedRow[], version: number): void {
    const whole = rows.length - (rows.length % WRITE_ROWS);
    for (let start = 0; start < whole; start += WRITE_ROWS) {
      this.#insert(this.#insertChunk, rows, start, start + WRITE_ROWS, version);
    }
    for (let start = whole; start < rows.length; start += 1) {
      this.#insert(this.#insertOne, rows, start, start + 1, version);
    }
  }

  delete({ partitionKey, rowKey }: RowKey): void {
    const sql = `delete from ${this.#table} where ${this.#condition} and partition_key = ? and row_key = ?`;
    this.connection.statement(sql).run(partitionKey, rowKey);
  }

  clear(): void {
    this.connection.statement(`delete from ${this.#table} where ${this.#condition}`).run();
  }

  /** The first row whose encoded properties contain `text` and which `accept` takes. May look at every row. */
  firstContaining(text: string, accept: (row: StoredRow) => boolean): StoredRow | undefined {
    const sql = `${this.select()} and instr(properties, ?) > 0 order by partition_key, row_key`;
    for (const row of query(this.connection, sql).iterate(text) as IterableIterator<StoredRow>) {
      if (accept(row)) return row;
    }
    return undefined;
  }

  /** The text of a select of the rows here, to which `and …` can be appended. */
  select(columns: string = 'partition_key, row_key, version, properties'): string {
    return `select ${columns} from ${this.#table} where ${this.#condition}`;
  }

  /** One array for all of a statement's texts: arrays within arrays cost a bulk load a fifth of its speed. */
  #insert(sql: string, rows: readonly UnversionedRow[], start: number, end: number, version: number): void {
    const texts: string[] = [];
    for (let index = start; index < end; index += 1) {
      const { partitionKey, rowKey, encoded } = rows[index] as UnversionedRow;
      texts.push(partitionKey, rowKey, encoded);
    }
    this.connection.statement(sql).run(texts, { version });
  }
}

/**
 * The rows of several places (of one connection) in contract order, some at a time. A caller that knows how many it
 * `wants` is not given more until it has had them. Lives inside one transaction.
 */
export function* chunksOf(
  places: readonly [SqliteRows, ...SqliteRows[]],
  { from, until }: KeyRange,
  wanted: number = Number.POSITIVE_INFINITY,
): Generator<readonly StoredRow[]> {
  const [bounds] = boundsOf({ from, until });
  const selects = places.map((place) => `${place.select()} and ${bounds}`).join(' union all ');
  const statement = query(places[0].connection, `${selects} order by partition_key, row_key limit ?`);
  let next = from;
  let left = wanted;
  for (let size = Math.min(READ_ROWS_FIRST, left); ; ) {
    const [, range] = boundsOf({ from: next, until });
    const rows = statement.all(...places.flatMap(() => range), size) as StoredRow[];
    if (rows.length > 0) yield rows;
    const last = rows[size - 1];
    if (!last) return;
    next = keyAfter({ partitionKey: last[0], rowKey: last[1] });
    left -= rows.length;
    size = Math.min(nextSize(rows), left > 0 ? left : READ_ROWS_MAX);
  }
}

function nextSize(rows: readonly StoredRow[]): number {
  const bytes = rows.reduce((sum, row) => sum + row[0].length + row[1].length + row[3].length, 0);
  return Math.max(1, Math.min(READ_ROWS_MAX, Math.floor((READ_BYTES * rows.length) / (bytes + 1))));
}

/** How many rows there are in a range, or in all: SQLite counts a whole table several times as fast. */
export function countRows(places: readonly SqliteRows[], range?: KeyRange): number {
  const [bounds, texts] = range ? boundsOf(range) : ['true', []];
  const counts = places.map(
    (place) => query(place.connection, `${place.select('count(*)')} and ${bounds}`).get(...texts) as [number],
  );
  return counts.reduce((sum, [count]) => sum + count, 0);
}

/** The key that comes `distance` rows behind the first one not before `from`; undefined if there are not so many. */
export function keyAt(
  places: readonly [SqliteRows, ...SqliteRows[]],
  from: RowKey,
  distance: number,
): RowKey | undefined {
  const selects = places.map((place) => `${place.select('partition_key, row_key')} and ${NOT_BEFORE}`);
  const sql = `${selects.join(' union all ')} order by partition_key, row_key limit 1 offset ?`;
  const parameters = places.flatMap(() => textsOf(from));
  const found = query(places[0].connection, sql).get(...parameters, distance) as [string, string] | undefined;
  return found && { partitionKey: found[0], rowKey: found[1] };
}

const NOT_BEFORE = '(partition_key, row_key) >= (?, ?)';

/** A condition that holds of the keys in a range, and the texts to be bound to it. */
export function boundsOf({ from, until }: KeyRange): readonly [sql: string, texts: readonly string[]] {
  if (!until) return [NOT_BEFORE, textsOf(from)];
  return [`${NOT_BEFORE} and (partition_key, row_key) < (?, ?)`, [...textsOf(from), ...textsOf(until)]];
}

function textsOf({ partitionKey, rowKey }: RowKey): readonly string[] {
  return [partitionKey, rowKey];
}

/** A statement that gives arrays, and plain numbers: versions and counts stay far below 2⁵³. */
export function query(connection: SqliteConnection, sql: string): Database.Statement {
  return connection.statement(sql).safeIntegers(false).raw();
}
