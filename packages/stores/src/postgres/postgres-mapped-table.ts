import {
  AbstractTable,
  type AtomicQueryOptions,
  compareKeys,
  type Filter,
  formatKey,
  isReservedRow,
  type KeySample,
  type LoadOptions,
  type LoadResult,
  type Manifest,
  matchesFilter,
  type OpenOptions,
  type OperationOptions,
  type Page,
  type Problem,
  project,
  type RangeOptions,
  RESERVED_ROW_PREFIX,
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
import { keyAfter, type MappedConfig, rangeOfPartition, rangeOfScan } from '../layout/index.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { PostgresFences, type WriteRequest } from './postgres-fences.ts';
import { allOf, type Condition, compareWithKey, compareWithText } from './postgres-mapped-condition.ts';
import { pushDownFilter } from './postgres-mapped-filter.ts';
import { SchemaGuard } from './postgres-mapped-guard.ts';
import { MappedLoader } from './postgres-mapped-load.ts';
import { mappedManifest } from './postgres-mapped-manifest.ts';
import { cutPage } from './postgres-mapped-page.ts';
import { keyValues, problemOfMappedRow } from './postgres-mapped-problem.ts';
import { changeTogether } from './postgres-mapped-refusal.ts';
import { type MappedRow, MappedRows } from './postgres-mapped-rows.ts';
import type { MappedSchema, StampedSchema } from './postgres-mapped-schema.ts';
import { MappedSidecar, nameOfKey } from './postgres-mapped-sidecar.ts';
import { type MappedPlace, writeMapped } from './postgres-mapped-write.ts';
import { quoteTable } from './postgres-names.ts';
import type { OwnPlace } from './postgres-own-tables.ts';
import type { Runs } from './postgres-registry.ts';

/** What one page looks at, whatever its filter leaves. */
const EXAMINED_ROWS = 10_000;
const EXAMINED_BYTES = 16 * 1024 * 1024;
/** So many rows loaded may make the server's idea of the table a poor one. */
const ANALYZE_ROWS = 10_000;

export interface PostgresMappedTableOptions extends OpenOptions {
  readonly connection: PostgresConnection;
  readonly own: OwnPlace;
  readonly config: MappedConfig;
  /** The table as the mapping shows it now. */
  readonly stamped: StampedSchema;
  readonly readOnly: boolean;
}

/** An application's own table, as its mapping shows it. */
export class PostgresMappedTable extends AbstractTable {
  readonly manifest: Manifest;
  readonly #connection: PostgresConnection;
  readonly #schema: MappedSchema;
  readonly #rows: MappedRows;
  readonly #sidecar: MappedSidecar;
  readonly #guard: SchemaGuard;
  readonly #place: MappedPlace;
  readonly #loader: MappedLoader;
  #loadedRows = 0;

  constructor({ connection, own, config, stamped, readOnly, ...options }: PostgresMappedTableOptions) {
    super(stamped.schema.table, options);
    const { schema } = stamped;
    this.manifest = mappedManifest(schema, { readOnly, requestLifetimeMs: connection.statementTimeoutMs });
    this.#connection = connection;
    this.#schema = schema;
    this.#rows = new MappedRows(schema);
    this.#sidecar = new MappedSidecar(own, schema.table);
    this.#guard = new SchemaGuard((statement) => connection.read(statement), own.location, config, stamped);
    this.#place = { connection, schema, sidecar: this.#sidecar, guard: this.#guard };
    this.#loader = new MappedLoader(this.#place, own);
  }

  protected _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    return this.#look(options, async (run) => {
      if (isReservedRow(key.rowKey)) {
        const exists = await this.#sidecar.exists(run, this.#guard.unaltered);
        return exists ? this.#sidecar.find(run, key) : undefined;
      }
      const values = keyValues(this.#schema, key);
      const found = values && (await this.#rows.find(run, values));
      if (!found) return undefined;
      return (await this.#show(run, [found]))[0];
    });
  }

  protected _write(batch: readonly Write[], options: WriteOptions): Promise<readonly WriteResult[]> {
    return this.#change(batch, options, (request) => writeMapped(this.#place, batch, request));
  }

  protected _query(partitionKey: string, options: AtomicQueryOptions): Promise<readonly Row[]> {
    const { filter, select } = options;
    const { condition, residual } = pushDownFilter(this.#schema, filter);
    const { partition } = this.#schema.key;
    const columns = this.#schema.keyColumns.slice(0, partition.length);
    const within = allOf([compareWithText(columns, 'eq', partitionKey), condition]);
    const limits = this.answerLimits(options);
    const found: Row[] = [];
    let bytes = 0;
    const add = (row: Row, size: number) => {
      found.push(row);
      bytes += size;
      if (found.length > limits.rows || bytes > limits.bytes) throw this.#tooLarge(partitionKey);
    };
    return this.#connection.transact(async (session) => {
      const run: Runs = (statement) => session.run(statement);
      found.length = bytes = 0;
      for (let after: RowKey | undefined, more = true; more; ) {
        const page = await this.#page(run, allOf([within, ...this.#range(after ? { after } : {})]), EXAMINED);
        const shown = await this.#show(run, page.rows);
        shown.forEach((row, index) => {
          if (this.#matches(row, residual)) add(row, page.rows[index]?.bytes ?? 0);
        });
        after = page.rows.at(-1)?.key;
        more = page.more && after !== undefined;
      }
      if (this.seesReserved && (await this.#sidecar.exists(run))) {
        const range = rangeOfPartition(partitionKey, undefined);
        for (let from = range.from, more = true; more; ) {
          const page = await this.#sidecar.page(run, { ...range, from }, EXAMINED_ROWS);
          for (const row of page.rows) if (!filter || matchesFilter(filter, row)) add(row, 0);
          more = page.end !== undefined;
          if (page.end) from = keyAfter(page.end);
        }
      }
      return found.toSorted(compareKeys).map((row) => projected(row, select));
    }, options);
  }

  protected async _scan(options: ScanOptions & { readonly limit: number }): Promise<Page> {
    const { filter, select, limit, bytes = EXAMINED_BYTES } = options;
    const { condition, residual } = pushDownFilter(this.#schema, filter);
    await this.#analyze(options);
    return this.#look(options, async (run) => {
      const examined = residual ? EXAMINED : { rows: limit, bytes };
      const page = await this.#page(run, allOf([condition, ...this.#range(options)]), examined);
      const shown = (await this.#show(run, page.rows)).filter((row) => this.#matches(row, residual));
      const end = page.more ? page.rows.at(-1)?.key : undefined;
      const merged = this.seesReserved
        ? await this.#withReserved(run, shown, end, options)
        : { rows: shown, end };
      const { rows, continuation } = cutPage(merged.rows, limit, merged.end);
      return { rows: rows.map((row) => projected(row, select)), continuation };
    });
  }

  protected _load(rows: readonly RowData[], { marks = [], ...options }: LoadOptions): Promise<LoadResult> {
    this.#loadedRows += rows.length;
    return this.#change(rows, options, (request) => this.#loader.load(rows, marks, request));
  }

  protected async _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample> {
    await this.#analyze(options);
    const range = allOf(this.#range(options));
    return this.#guard.watch(() =>
      this.#connection.transact(
        async (session) => {
          const run: Runs = (statement) => session.run(statement);
          const rows = await this.#rows.count(run, this.#unaltered(range));
          const step = Math.max(1, Math.ceil(rows / parts));
          if (step >= rows) return { keys: [], rows };
          const keys = await this.#rows.everyKey(run, range, step);
          // The last of all rows ends no part but the last one.
          return { keys: keys.length * step === rows ? keys.slice(0, -1) : keys, rows };
        },
        { ...options, patient: true },
      ),
    );
  }

  protected _describe(options: OperationOptions): Promise<TableDescription> {
    return this.#connection.transact(
      async (session) => {
        const run: Runs = (statement) => session.run(statement);
        const reservedNames = await this.#reservedNames(run);
        return { reservedNames, changeToken: undefined, empty: await this.#rows.isEmpty(run) };
      },
      { ...options, patient: true },
    );
  }

  protected override _problemOf(row: RowData): Problem | undefined {
    return problemOfMappedRow(this.#schema, row);
  }

  protected async _close(): Promise<void> {
    // The connection is the store's, and closes with it.
    await this.#analyze({}).catch(() => undefined);
  }

  /** Reads one instant: in one statement, unless this handle sees what lies in the sidecar. */
  #look<T>(options: OperationOptions, work: (run: Runs) => Promise<T>): Promise<T> {
    return this.#guard.watch(() =>
      this.seesReserved
        ? this.#connection.transact((session) => work((statement) => session.run(statement)), {
            ...options,
            first: [this.#guard.holds],
          })
        : work((statement) => this.#connection.read(statement, options)),
    );
  }

  #change<T>(
    rows: readonly RowKey[],
    { fences: named, ...options }: WriteOptions,
    change: (request: WriteRequest) => Promise<T>,
  ): Promise<T> {
    const fences = new PostgresFences(this.#schema.schema, named);
    return changeTogether(this.name, rows, () =>
      fences.tell(() => this.#guard.watch(() => change({ ...options, fences }))),
    );
  }

  #page(run: Runs, condition: Condition, limits: { readonly rows: number; readonly bytes: number }) {
    return this.#rows.page(run, this.#unaltered(condition), limits);
  }

  #unaltered(condition: Condition): Condition {
    return allOf([this.#guard.unaltered, condition]);
  }

  /** How rows of the application's look to this handle, those aside that have a reserved name. */
  async #show(run: Runs, found: readonly MappedRow[]): Promise<readonly Row[]> {
    const reads = this.seesReserved && found.length > 0 && (await this.#sidecar.exists(run));
    const reserved = reads
      ? await this.#sidecar.propertiesOf(
          run,
          found.map(({ key }) => key),
        )
      : undefined;
    return found.map(({ key, version, properties }) => ({
      ...key,
      version,
      properties: reserved ? { ...properties, ...reserved.get(nameOfKey(key)) } : properties,
    }));
  }

  /** A row of the table's that has a reserved name is none of anybody's. */
  #matches(row: Row, residual: Filter | undefined): boolean {
    return !isReservedRow(row.rowKey) && (!residual || matchesFilter(residual, row));
  }

  #range({ after, through }: RangeOptions): readonly Condition[] {
    const { key, keyColumns } = this.#schema;
    return [
      ...(after ? [compareWithKey(key, keyColumns, 'gt', after)] : []),
      ...(through ? [compareWithKey(key, keyColumns, 'le', through)] : []),
    ];
  }

  /** Merges the reserved rows into a page, as far as both are known. */
  async #withReserved(
    run: Runs,
    shown: readonly Row[],
    end: RowKey | undefined,
    { after, through, filter, limit }: ScanOptions & { readonly limit: number },
  ): Promise<{ readonly rows: readonly Row[]; readonly end: RowKey | undefined }> {
    if (!(await this.#sidecar.exists(run))) return { rows: shown, end };
    const page = await this.#sidecar.page(run, rangeOfScan({ after, through: end ?? through }), limit);
    const reserved = page.rows.filter((row) => !filter || matchesFilter(filter, row));
    const known = page.end ?? end;
    const rows = [...shown, ...reserved].filter((row) => !known || compareKeys(row, known) <= 0);
    return { rows: rows.toSorted(compareKeys), end: known };
  }

  async #reservedNames(run: Runs): Promise<readonly string[]> {
    const exists = await this.#sidecar.exists(run);
    const names: string[] = [];
    const rows = exists ? (await this.#sidecar.page(run, rangeOfScan({}), 1)).rows : [];
    const taken = rows[0] ?? (await this.#ownReservedRow(run));
    if (taken) names.push(`row ${formatKey(taken)}`);
    const property = exists ? await this.#sidecar.firstProperty(run) : undefined;
    if (property) names.push(`property ${JSON.stringify(property.name)} of row ${formatKey(property.key)}`);
    return names;
  }

  /** A row that the application itself gave a reserved name. Only a row key that begins with text can have one. */
  async #ownReservedRow(run: Runs): Promise<RowKey | undefined> {
    const { key, keyColumns } = this.#schema;
    if (key.row[0]?.kind !== 'text') return undefined;
    const columns = keyColumns.slice(key.partition.length);
    const from = compareWithText(columns, 'ge', RESERVED_ROW_PREFIX);
    const until = compareWithText(columns, 'lt', RESERVED_ROW_END);
    return this.#rows.keyAt(run, allOf([from, until]), 0);
  }

  #tooLarge(partitionKey: string): Error {
    const { rows, bytes } = this.manifest.atomicQuery;
    const message = `partition ${JSON.stringify(partitionKey)} holds more matching rows than ${rows}, or than ${bytes} bytes`;
    return refusal('TABLE_QUERY_TOO_LARGE', message, { partitionKey });
  }

  /** Tells the server what the table has become by many loads, before anybody depends on how it reads it. */
  async #analyze(options: OperationOptions): Promise<void> {
    if (this.#loadedRows < ANALYZE_ROWS) return;
    this.#loadedRows = 0;
    const { schema, table } = this.#schema;
    await this.#connection.alone(
      (session) => session.command(`analyze ${quoteTable(schema, table)}`),
      options,
    );
  }
}

const EXAMINED = { rows: EXAMINED_ROWS, bytes: EXAMINED_BYTES };

/** The text just above all that begin with the reserved prefix. */
const RESERVED_ROW_END = `${RESERVED_ROW_PREFIX.slice(0, -1)}/`;

function projected(row: Row, select: readonly string[] | undefined): Row {
  return select ? { ...row, properties: project(row.properties, select) } : row;
}
