import {
  AbstractTable,
  type AtomicQueryOptions,
  EncodedRow,
  encodedProperties,
  formatKey,
  isReservedRow,
  type KeySample,
  keyOf,
  type LoadOptions,
  type LoadResult,
  type Manifest,
  type OpenOptions,
  type OperationOptions,
  type Page,
  type RangeHash,
  type RangeOptions,
  type Row,
  type RowData,
  type RowKey,
  refusal,
  type ScanOptions,
  type TableDescription,
  type Write,
  type WriteOptions,
  type WriteResult,
} from 'changeover/table';
import {
  EVERYTHING,
  keyAfter,
  namedKeys,
  plainRow,
  RESERVED_MARK,
  rangeOfPartition,
  rangeOfScan,
  reservedPropertyOf,
  writesReservedProperty,
} from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteFences } from './sqlite-fences.ts';
import { hashRange } from './sqlite-hash.ts';
import { OWN_MANIFEST } from './sqlite-manifest.ts';
import { applyMark } from './sqlite-mark.ts';
import { collectPage } from './sqlite-page.ts';
import { type RegistryEntry, SqliteRegistry, tableGone } from './sqlite-registry.ts';
import { viewRow } from './sqlite-row-view.ts';
import { chunksOf, countRows, keyAt, SqliteRows, type StoredRow } from './sqlite-rows.ts';
import { openSidecar } from './sqlite-sidecar.ts';
import { applyWrite } from './sqlite-write.ts';

/** What one page looks at, whatever its filter leaves: a scan must not hold up the process for long. */
const EXAMINED_ROWS = 10_000;
const EXAMINED_BYTES = 16 * 1024 * 1024;

export interface SqliteTableOptions extends OpenOptions {
  readonly readOnly: boolean;
}

/** A table of our own layout, which the registry of the file must know. The connection is the store's, not closed here. */
export class SqliteTable extends AbstractTable {
  readonly manifest: Manifest;
  protected override readonly storesEncoding = true;
  readonly #connection: SqliteConnection;
  readonly #registry: SqliteRegistry;
  readonly #fences: SqliteFences;
  readonly #userRows: SqliteRows;
  readonly #reservedRows: SqliteRows;

  constructor(name: string, connection: SqliteConnection, options: SqliteTableOptions) {
    super(name, options);
    this.manifest = { ...OWN_MANIFEST, readOnly: options.readOnly };
    this.#connection = connection;
    this.#registry = new SqliteRegistry(connection);
    this.#fences = new SqliteFences(connection);
    this.#userRows = new SqliteRows(connection, { table: name });
    this.#reservedRows = openSidecar(connection, name);
  }

  protected _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    return this.#connection.read(() => {
      const stored = this.#placeOf(key).get(key);
      if (stored) return plainRow(viewRow(stored, this.seesReserved));
      // The sidecar is there whether or not the table is.
      if (isReservedRow(key.rowKey)) this.#entry();
      return undefined;
    }, options);
  }

  protected _write(
    batch: readonly Write[],
    { fences, ...options }: WriteOptions,
  ): Promise<readonly WriteResult[]> {
    return this.#connection.write(() => {
      this.#fences.check(fences);
      const version = this.#registry.nextVersion(this.name, batch.some(writesReservedProperty));
      return batch.map((write, index) => {
        const kept = applyWrite(this.#placeOf(write), write, index, version);
        return { version: kept ? String(version) : undefined };
      });
    }, options);
  }

  protected _query(partitionKey: string, options: AtomicQueryOptions): Promise<readonly Row[]> {
    const { rows, bytes } = this.answerLimits(options);
    const everything = { examinedRows: Number.POSITIVE_INFINITY, examinedBytes: Number.POSITIVE_INFINITY };
    const { filter, ...unfiltered } = options;
    const named = namedKeys(filter);
    return this.#connection.read(() => {
      const chunks = named
        ? [this.#named(partitionKey, named)]
        : chunksOf(this.#places, rangeOfPartition(partitionKey, filter));
      const view = this.#view(named ? unfiltered : options);
      const page = collectPage(chunks, view, { rows: rows + 1, bytes, ...everything });
      if (!page.continuation) return page.rows;
      const matching = `more than ${rows} matching rows, or ${bytes} bytes`;
      const message = `partition ${JSON.stringify(partitionKey)} holds ${matching}`;
      throw refusal('TABLE_QUERY_TOO_LARGE', message, { partitionKey });
    }, options);
  }

  protected _scan(options: ScanOptions & { readonly limit: number }): Promise<Page> {
    const { limit, bytes = EXAMINED_BYTES } = options;
    const budget = { rows: limit, bytes, examinedRows: EXAMINED_ROWS, examinedBytes: EXAMINED_BYTES };
    return this.#connection.read(() => {
      const chunks = chunksOf(this.#places, rangeOfScan(options), limit);
      return collectPage(chunks, this.#view(options), budget);
    }, options);
  }

  protected _load(
    rows: readonly RowData[],
    { marks = [], fences, ...options }: LoadOptions,
  ): Promise<LoadResult> {
    return this.#connection.write(() => {
      this.#fences.check(fences);
      const results = marks.map((mark, index) => applyMark(this.#connection, mark, index));
      if (rows.length > 0) this.#put(rows);
      return { marks: results };
    }, options);
  }

  protected _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample> {
    const range = rangeOfScan(options);
    const whole = !options.after && !options.through;
    return this.#connection.read(() => {
      const rows = whole ? countRows(this.#places) : countRows(this.#places, range);
      return { keys: this.#splitKeys(parts, rows, range.from), rows };
    }, options);
  }

  protected override _hashRange(options: RangeOptions): Promise<RangeHash> {
    const hides = () => this.#hidesProperties();
    return hashRange(this.#connection, this.#places, rangeOfScan(options), { ...options, hides });
  }

  protected _describe(options: OperationOptions): Promise<TableDescription> {
    return this.#connection.read(() => {
      const entry = this.#entry();
      return {
        reservedNames: this.#reservedNames(entry.reservedProperties),
        changeToken: String(entry.version),
        empty: firstRow(this.#userRows) === undefined,
      };
    }, options);
  }

  protected async _close(): Promise<void> {}

  /** Throws `TABLE_NOT_FOUND`. */
  #entry(): RegistryEntry {
    const entry = this.#registry.find(this.name);
    if (!entry) throw tableGone(this.#connection.path, this.name);
    return entry;
  }

  /** All places whose rows this handle sees. */
  get #places(): readonly [SqliteRows, ...SqliteRows[]] {
    return this.seesReserved ? [this.#userRows, this.#reservedRows] : [this.#userRows];
  }

  /** The rows of a partition that have one of these keys, as far as this handle sees them. */
  #named(partitionKey: string, rowKeys: readonly string[]): readonly StoredRow[] {
    return rowKeys
      .filter((rowKey) => this.seesReserved || !isReservedRow(rowKey))
      .map((rowKey) => this.#placeOf({ partitionKey, rowKey }).get({ partitionKey, rowKey }))
      .filter((row) => row !== undefined);
  }

  #placeOf({ rowKey }: RowKey): SqliteRows {
    return isReservedRow(rowKey) ? this.#reservedRows : this.#userRows;
  }

  #view(options: AtomicQueryOptions) {
    return { ...options, seesReserved: !this.#hidesProperties() };
  }

  /** Whether rows may have reserved properties that are not to be seen. Looking for them takes time with each row. */
  #hidesProperties(): boolean {
    return !this.seesReserved && this.#registry.find(this.name)?.reservedProperties !== false;
  }

  #put(rows: readonly RowData[]): void {
    const encoded = rows.map((row) =>
      row instanceof EncodedRow ? row : { ...keyOf(row), encoded: encodedProperties(row) },
    );
    // A string value may look like the name of a reserved property. That only costs a needless search some day.
    const mayReserve = this.seesReserved && encoded.some((row) => row.encoded.includes(RESERVED_MARK));
    const version = this.#registry.nextVersion(this.name, mayReserve);
    if (!this.seesReserved) return this.#userRows.put(encoded, version);
    this.#userRows.put(
      encoded.filter(({ rowKey }) => !isReservedRow(rowKey)),
      version,
    );
    this.#reservedRows.put(
      encoded.filter(({ rowKey }) => isReservedRow(rowKey)),
      version,
    );
  }

  /** The last keys of all parts but the last one, if the `rows` rows not before `from` are divided evenly. */
  #splitKeys(parts: number, rows: number, from: RowKey): readonly RowKey[] {
    const keys: RowKey[] = [];
    let passed = 0;
    for (let part = 1; part < parts; part += 1) {
      const end = Math.floor((rows * part) / parts);
      if (end === passed) continue;
      const before = keys.at(-1);
      const key = keyAt(this.#places, before ? keyAfter(before) : from, end - passed - 1);
      if (!key) break;
      keys.push(key);
      passed = end;
    }
    return keys;
  }

  #reservedNames(mayHaveProperties: boolean): readonly string[] {
    const phrases: string[] = [];
    const row = firstRow(this.#reservedRows);
    if (row) phrases.push(`row ${formatStored(row)}`);
    const accept = (stored: StoredRow) => reservedPropertyOf(viewRow(stored, true).properties) !== undefined;
    const found = mayHaveProperties ? this.#userRows.firstContaining(RESERVED_MARK, accept) : undefined;
    if (found) {
      const name = reservedPropertyOf(viewRow(found, true).properties);
      phrases.push(`property ${JSON.stringify(name)} of row ${formatStored(found)}`);
    }
    return phrases;
  }
}

function firstRow(place: SqliteRows): StoredRow | undefined {
  for (const [row] of chunksOf([place], EVERYTHING, 1)) return row;
  return undefined;
}

function formatStored([partitionKey, rowKey]: StoredRow): string {
  return formatKey({ partitionKey, rowKey });
}
