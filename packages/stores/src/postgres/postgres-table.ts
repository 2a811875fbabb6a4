import {
  AbstractTable,
  type AtomicQueryOptions,
  type KeySample,
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
import { type KeyRange, keyAfter, namedKeys, rangeOfPartition, rangeOfScan } from '../layout/index.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { PostgresFences, type WriteRequest } from './postgres-fences.ts';
import { hashRange } from './postgres-hash.ts';
import { Loader } from './postgres-load.ts';
import { OWN_MANIFEST } from './postgres-manifest.ts';
import { quoteTable } from './postgres-names.ts';
import type { OwnPlace } from './postgres-own-tables.ts';
import { showPage, showRow } from './postgres-page.ts';
import { type Runs, tableGone } from './postgres-registry.ts';
import { reservedNames } from './postgres-reserved.ts';
import { PostgresRows } from './postgres-rows.ts';
import { splitKeys } from './postgres-sample.ts';
import { writeBatch } from './postgres-write.ts';

/** What one page looks at, whatever its filter leaves. */
const EXAMINED_ROWS = 10_000;
const EXAMINED_BYTES = 16 * 1024 * 1024;
/** So many rows loaded may make the server's idea of the table a poor one. */
const ANALYZE_ROWS = 10_000;

export interface PostgresTableOptions extends OpenOptions {
  readonly connection: PostgresConnection;
  readonly place: OwnPlace;
  readonly readOnly: boolean;
}

/** A table of our own layout, which the registry of the schema must know. The connection is the store's. */
export class PostgresTable extends AbstractTable {
  readonly manifest: Manifest;
  protected override readonly storesEncoding = true;
  readonly #connection: PostgresConnection;
  readonly #place: OwnPlace;
  /** As SQL names it. */
  readonly #table: string;
  readonly #rows: PostgresRows;
  readonly #loader: Loader;
  #loadedRows = 0;

  constructor(name: string, { connection, place, readOnly, ...options }: PostgresTableOptions) {
    super(name, options);
    const requestLifetimeMs = connection.statementTimeoutMs;
    this.manifest = { ...OWN_MANIFEST, readOnly, requestLifetimeMs };
    this.#connection = connection;
    this.#place = place;
    this.#table = quoteTable(place.schema, name);
    this.#rows = new PostgresRows(this.#table, this.seesReserved);
    this.#loader = new Loader(connection, this.#writePlace);
  }

  protected async _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    const stored = await this.#rows.get((statement) => this.#connection.read(statement, options), key);
    return stored && showRow(stored, { seesReserved: this.seesReserved });
  }

  protected _write(batch: readonly Write[], options: WriteOptions): Promise<readonly WriteResult[]> {
    const request = this.#fenced(options);
    return request.fences.tell(() => writeBatch(this.#connection, this.#writePlace, batch, request));
  }

  protected async _query(partitionKey: string, options: AtomicQueryOptions): Promise<readonly Row[]> {
    const range = rangeOfPartition(partitionKey, options.filter);
    const { rows, bytes } = this.answerLimits(options);
    const { filter, whole, ...unfiltered } = options;
    const named = whole ? undefined : namedKeys(filter);
    const view = { ...(named ? unfiltered : options), seesReserved: this.seesReserved };
    if (!whole && (!filter || named)) {
      const run: Runs = (statement) => this.#connection.read(statement, options);
      const limits = { rows: rows + 1, bytes };
      const page = await (named
        ? this.#rows.named(run, range, limits, named)
        : this.#rows.page(run, range, limits));
      if (page.more) throw this.#tooLarge(partitionKey);
      return page.rows.flatMap((row) => showRow(row, view) ?? []);
    }
    return this.#connection.transact(async (session) => {
      const found: Row[] = [];
      let size = 0;
      for (let rest: KeyRange | undefined = range; rest; ) {
        const limits = { rows: EXAMINED_ROWS, bytes: EXAMINED_BYTES };
        const page = await this.#rows.page((statement) => session.run(statement), rest, limits);
        for (const stored of page.rows) {
          const row = showRow(stored, view);
          if (!row) continue;
          found.push(row);
          size += stored.encoded.length;
          if (found.length > rows || size > bytes) throw this.#tooLarge(partitionKey);
        }
        const last = page.rows.at(-1);
        rest = page.more && last ? { ...range, from: keyAfter(last) } : undefined;
      }
      return found;
    }, options);
  }

  protected async _scan(options: ScanOptions & { readonly limit: number }): Promise<Page> {
    const { limit, bytes = EXAMINED_BYTES, filter } = options;
    await this.#analyze(options);
    const limits = filter ? { rows: EXAMINED_ROWS, bytes: EXAMINED_BYTES } : { rows: limit, bytes };
    const run: Runs = (statement) => this.#connection.read(statement, options);
    const range = rangeOfScan(options);
    const page = await (options.lazy
      ? this.#rows.bulkPage(run, range, limits)
      : this.#rows.page(run, range, limits));
    const view = { ...options, seesReserved: this.seesReserved };
    return showPage(page, view, { rows: limit, bytes: filter ? bytes : Number.POSITIVE_INFINITY });
  }

  protected async _load(
    rows: readonly RowData[],
    { marks = [], ...options }: LoadOptions,
  ): Promise<LoadResult> {
    const request = this.#fenced(options);
    const result = await request.fences.tell(() => this.#loader.load(rows, marks, request));
    this.#loadedRows += rows.length;
    return result;
  }

  protected async _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample> {
    await this.#analyze(options);
    const range = rangeOfScan(options);
    return this.#connection.transact(
      async (session) => {
        const run: Runs = (statement) => session.run(statement);
        const rows = await this.#rows.count(run, range);
        return { keys: await splitKeys(run, this.#rows, range, rows, parts), rows };
      },
      { ...options, patient: true },
    );
  }

  protected override async _hashRange(options: RangeOptions): Promise<RangeHash> {
    await this.#analyze(options);
    const place = { table: this.#table, rows: this.#rows, seesReserved: this.seesReserved };
    return hashRange(this.#connection, place, rangeOfScan(options), options);
  }

  protected _describe(options: OperationOptions): Promise<TableDescription> {
    return this.#connection.transact(
      async (session) => {
        const run: Runs = (statement) => session.run(statement);
        const entry = await this.#place.registry.find(run, this.name);
        if (!entry) throw tableGone(this.#connection.location, this.name);
        return {
          reservedNames: entry.reserved ? await reservedNames(run, this.#table) : [],
          changeToken: undefined,
          empty: await new PostgresRows(this.#table, false).isEmpty(run),
        };
      },
      { ...options, patient: true },
    );
  }

  protected async _close(): Promise<void> {
    await this.#analyze({}).catch(() => undefined);
  }

  get #writePlace() {
    const { schema, registry } = this.#place;
    const { name, seesReserved } = this;
    return { name, table: this.#table, schema, registry, versions: registry.versions, seesReserved };
  }

  #fenced({ fences, ...request }: WriteOptions): WriteRequest {
    return { ...request, fences: new PostgresFences(this.#place.schema, fences) };
  }

  #tooLarge(partitionKey: string): Error {
    const { rows, bytes } = this.manifest.atomicQuery;
    const message = `partition ${JSON.stringify(partitionKey)} holds more than ${rows} matching rows, or ${bytes} bytes`;
    return refusal('TABLE_QUERY_TOO_LARGE', message, { partitionKey });
  }

  /** Tells the server what the table has become by many loads, before anybody depends on how it reads it. */
  async #analyze(options: OperationOptions): Promise<void> {
    if (this.#loadedRows < ANALYZE_ROWS) return;
    this.#loadedRows = 0;
    await this.#connection.alone((session) => session.command(`analyze ${this.#table}`), options);
  }
}
