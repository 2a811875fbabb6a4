import { createHash } from 'node:crypto';
import { isCode } from 'changeover/std';
import {
  AbstractTable,
  compareKeys,
  encodeProperties,
  type Filter,
  formatKey,
  isReservedProperty,
  isReservedRow,
  type KeySample,
  keyOf,
  type LoadOptions,
  type LoadResult,
  type Manifest,
  matchesFilter,
  type OpenOptions,
  type OperationOptions,
  type Page,
  type Problem,
  type Properties,
  project,
  propertyOf,
  type QueryOptions,
  RESERVED_ROW_PREFIX,
  type Row,
  type RowData,
  type RowKey,
  refusal,
  type ScanOptions,
  type TableDescription,
  TableError,
  type Write,
  type WriteResult,
} from 'changeover/table';
import type { SqliteConnection } from './sqlite-connection.ts';
import { vendorCode } from './sqlite-errors.ts';
import { OWN_MANIFEST } from './sqlite-manifest.ts';
import { problemOfStoring } from './sqlite-mapped-codec.ts';
import { allOf, type Condition, compareWithPlace } from './sqlite-mapped-condition.ts';
import { type PushedFilter, pushDownFilter } from './sqlite-mapped-filter.ts';
import { decodeKey, placeOfKey, placeOfText } from './sqlite-mapped-key.ts';
import { applyMark } from './sqlite-mapped-mark.ts';
import { MappedAnswer, MappedPage } from './sqlite-mapped-page.ts';
import { type MappedRow, MappedRows } from './sqlite-mapped-rows.ts';
import { type MappedSchema, manifestColumns } from './sqlite-mapped-schema.ts';
import { MappedSidecar, splitReserved } from './sqlite-mapped-sidecar.ts';
import { rangeOfPartition, rangeOfScan } from './sqlite-range.ts';
import { checkCondition } from './sqlite-write.ts';

/** How much one page of a scan looks at, whatever the filter leaves of it: a call must not stop the process for long. */
const EXAMINED_ROWS = 10_000;

export interface SqliteMappedTableOptions extends OpenOptions {
  readonly connection: SqliteConnection;
  readonly schema: MappedSchema;
  readonly readOnly: boolean;
  /** Tells this connection from all others, whose own counts of changes mean nothing here. */
  readonly connectionId: string;
}

/** An application's own table in a SQLite file, as its mapping shows it. */
export class SqliteMappedTable extends AbstractTable {
  readonly manifest: Manifest;
  readonly #connection: SqliteConnection;
  readonly #connectionId: string;
  readonly #schema: MappedSchema;
  readonly #rows: MappedRows;
  readonly #sidecar: MappedSidecar;

  constructor(options: SqliteMappedTableOptions) {
    const { connection, schema, readOnly, connectionId } = options;
    super(schema.table, options);
    this.manifest = mappedManifest(schema, readOnly);
    this.#connection = connection;
    this.#connectionId = connectionId;
    this.#schema = schema;
    this.#rows = new MappedRows(connection, schema);
    this.#sidecar = new MappedSidecar(connection, schema.table);
  }

  protected _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    return this.#connection.read(() => this.#find(key), options);
  }

  protected _write(batch: readonly Write[], options: OperationOptions): Promise<readonly WriteResult[]> {
    return this.#transact(() => {
      const results = batch.map((write, index) => this.#apply(write, index));
      // Read back only now: the table's own triggers may have changed what was written.
      return results.map((result, index) => result ?? { version: this.#versionAfter(batch[index] as Write) });
    }, options);
  }

  protected _query(
    partitionKey: string,
    { filter, select, ...options }: QueryOptions,
  ): Promise<readonly Row[]> {
    const pushed = pushDownFilter(this.#schema, filter);
    const { partition } = this.#schema.key;
    const within = compareWithPlace(partition, 'eq', placeOfText(partition, partitionKey));
    return this.#connection.read(() => {
      const answer = new MappedAnswer(partitionKey, this.manifest.atomicQuery);
      const add = this.#adder(pushed.residual, (row) => answer.add(row));
      this.#rows.visit(allOf([within, pushed.condition]), add);
      if (this.seesReserved) {
        for (const row of this.#sidecar.rows(rangeOfPartition(partitionKey, undefined))) {
          if (!filter || matchesFilter(filter, row)) answer.add(row);
        }
      }
      return answer.rows.toSorted(compareKeys).map((row) => projected(row, select));
    }, options);
  }

  protected _scan(options: ScanOptions & { readonly limit: number }): Promise<Page> {
    const { filter, select } = options;
    const pushed = pushDownFilter(this.#schema, filter);
    return this.#connection.read(() => {
      const page = this.#scanRows(options, pushed);
      const { rows, continuation } = this.seesReserved ? this.#withReservedRows(page, options) : page;
      return { rows: rows.map((row) => projected(row, select)), continuation };
    }, options);
  }

  protected _load(rows: readonly RowData[], { marks = [], ...options }: LoadOptions): Promise<LoadResult> {
    return this.#transact(() => {
      const results = marks.map((mark, index) => applyMark(this.#connection, mark, index));
      const reserves = this.#sidecar.exists();
      rows.forEach((row, index) => this.#put(row, index, reserves));
      return { marks: results };
    }, options);
  }

  protected _sampleKeys(parts: number, options: OperationOptions): Promise<KeySample> {
    return this.#connection.read(() => {
      const rows = this.#rows.count();
      const step = Math.max(1, Math.ceil(rows / parts));
      const keys = parts === 1 ? [] : this.#rows.everyKey(step);
      return { keys: keys.slice(0, parts - 1), rows };
    }, options);
  }

  protected _describe(options: OperationOptions): Promise<TableDescription> {
    return this.#connection.read((db) => {
      const reservedNames = this.#reservedNames();
      const empty = this.#rows.isEmpty();
      // Changes of other connections, and our own. The reads above opened the snapshot that they are counted up to.
      const others = db.pragma('data_version', { simple: true });
      const ours = db.prepare('select total_changes()').pluck().get();
      return { reservedNames, empty, changeToken: `${this.#connectionId}.${String(others)}.${String(ours)}` };
    }, options);
  }

  protected override _problemOf(row: RowData): Problem | undefined {
    if (isReservedRow(row.rowKey)) return undefined;
    const { key, properties: columns, table } = this.#schema;
    if (!decodeKey(key, row)) {
      const names = [...key.partition, ...key.row].map(({ name }) => name).join(', ');
      return { property: undefined, reason: `has a key that the columns (${names}) cannot hold` };
    }
    for (const property of Object.keys(row.properties)) {
      if (isReservedProperty(property)) continue;
      const column = columns.find(({ name }) => name === property);
      const value = propertyOf(row.properties, property);
      const reason = column ? value && problemOfStoring(column, value) : `has no column in table ${table}`;
      if (reason !== undefined) return { property, reason };
    }
    if (mergesInto(row)) return undefined;
    const missing = columns.find(({ name, required }) => required && !propertyOf(row.properties, name));
    return missing && { property: missing.name, reason: 'is absent, but its column is NOT NULL' };
  }

  protected async _close(): Promise<void> {
    // The connection is the store's, and closes with it.
  }

  #find(key: RowKey): Row | undefined {
    if (isReservedRow(key.rowKey)) return this.#sidecar.find(key);
    const values = decodeKey(this.#schema.key, key);
    const found = values && this.#rows.find(values);
    return found && this.#viewer()(found);
  }

  /** How a row of the application's looks to this handle, for one transaction. */
  #viewer(): (row: MappedRow) => Row {
    const reads = (this.seesReserved || this.#schema.version === undefined) && this.#sidecar.exists();
    return ({ key, revision, properties }) => {
      const all = reads ? { ...properties, ...this.#sidecar.propertiesOf(key) } : properties;
      const version = revision === undefined ? hashOf(all) : String(revision);
      return { ...key, version, properties: this.seesReserved ? all : properties };
    };
  }

  /** A visitor that hands on what matches. A row of the table's that has a reserved name is none of anybody's. */
  #adder(residual: Filter | undefined, add: (row: Row) => boolean | void): (row: MappedRow) => boolean {
    const view = this.#viewer();
    return (found) => {
      if (isReservedRow(found.key.rowKey)) return true;
      const row = view(found);
      if (residual && !matchesFilter(residual, row)) return true;
      return add(row) !== false;
    };
  }

  #scanRows(options: ScanOptions & { readonly limit: number }, { condition, residual }: PushedFilter): Page {
    const { after, through, limit, filter } = options;
    const range = this.#rangeOf(after, through);
    const end = filter && this.#rows.keyAt(range, EXAMINED_ROWS - 1);
    const within = end ? this.#rangeOf(after, end) : range;
    const page = new MappedPage(limit, options.bytes);
    const add = this.#adder(residual, (row) => page.add(row));
    const all = this.#rows.visit(allOf([within, condition]), add);
    return { rows: page.rows, continuation: all ? end : page.lastKey };
  }

  #rangeOf(after: RowKey | undefined, through: RowKey | undefined): Condition {
    const { key } = this.#schema;
    const columns = [...key.partition, ...key.row];
    return allOf([
      ...(after ? [compareWithPlace(columns, 'gt', placeOfKey(key, after))] : []),
      ...(through ? [compareWithPlace(columns, 'le', placeOfKey(key, through))] : []),
    ]);
  }

  /** Merges the reserved rows into a page, as far as both are known. */
  #withReservedRows(
    page: Page,
    { after, through, limit, bytes, filter }: ScanOptions & { readonly limit: number },
  ): Page {
    const range = rangeOfScan({ after, through: page.continuation ?? through });
    const rows = [...page.rows];
    let horizon = page.continuation;
    let examined = 0;
    for (const row of this.#sidecar.rows(range)) {
      examined += 1;
      if (!filter || matchesFilter(filter, row)) rows.push(row);
      if (examined < Math.min(limit, EXAMINED_ROWS)) continue;
      horizon = keyOf(row);
      break;
    }
    const merged = new MappedPage(limit, bytes);
    for (const row of rows.toSorted(compareKeys)) {
      if (horizon && compareKeys(row, horizon) > 0) break;
      if (!merged.add(row)) return { rows: merged.rows, continuation: merged.lastKey };
    }
    return { rows: merged.rows, continuation: horizon };
  }

  /** The result if it is known already; the version of a user's row is read back later. */
  #apply(write: Write, index: number): WriteResult | undefined {
    if (isReservedRow(write.rowKey)) return this.#sidecar.apply(write, index);
    const current = this.#find(write);
    checkCondition(write, index, current?.version);
    const values = decodeKey(this.#schema.key, write);
    if (write.kind === 'delete') {
      if (!values || !current) return { version: undefined };
      this.#change(index, write, () => this.#rows.delete(values));
      this.#sidecar.setProperties(write, {});
      return { version: undefined };
    }
    if (!values)
      throw refusal('TABLE_VALUE_UNSUPPORTED', `the key of row ${formatKey(write)} fits no column`);
    const { own, reserved } = splitReserved(write.properties);
    const merges = current !== undefined && mergesInto(write);
    this.#change(index, write, () => {
      return current ? this.#rows.update(values, own, merges) : this.#rows.insert(values, own);
    });
    const kept = merges && this.#sidecar.exists() ? this.#sidecar.propertiesOf(write) : {};
    this.#sidecar.setProperties(write, { ...kept, ...reserved });
    return undefined;
  }

  #versionAfter(key: RowKey): string {
    const row = this.#find(key);
    if (row) return row.version;
    throw refusedByTable(`row ${formatKey(key)}: a trigger of table ${this.name} removed it`, {
      key: keyOf(key),
    });
  }

  #put(row: RowData, index: number, reserves: boolean): void {
    if (isReservedRow(row.rowKey)) {
      this.#sidecar.apply({ ...keyOf(row), properties: row.properties, kind: 'upsertReplace' }, index);
      return;
    }
    const values = decodeKey(this.#schema.key, row);
    if (!values) throw refusal('TABLE_VALUE_UNSUPPORTED', `the key of row ${formatKey(row)} fits no column`);
    const { own, reserved } = splitReserved(row.properties);
    this.#change(index, row, () => this.#rows.upsert(values, own));
    if (reserves || Object.keys(reserved).length > 0) this.#sidecar.setProperties(row, reserved);
  }

  #reservedNames(): readonly string[] {
    const names: string[] = [];
    const [row] = this.#sidecar.rows();
    const taken = row ?? this.#ownReservedRow();
    if (taken) names.push(`row ${formatKey(taken)}`);
    const property = this.#sidecar.firstProperty();
    if (property) names.push(`property ${JSON.stringify(property.name)} of row ${formatKey(property.key)}`);
    return names;
  }

  /** A row that the application itself gave a reserved name. Only a row key that begins with text can have one. */
  #ownReservedRow(): RowKey | undefined {
    const [first] = this.#schema.key.row;
    if (first?.kind !== 'text') return undefined;
    const below = placeOfText(this.#schema.key.row, RESERVED_ROW_PREFIX);
    const above = placeOfText(this.#schema.key.row, RESERVED_ROW_END);
    const { row } = this.#schema.key;
    return this.#rows.keyAt(
      allOf([compareWithPlace(row, 'ge', below), compareWithPlace(row, 'lt', above)]),
      0,
    );
  }

  /** A write of one row. What the table itself refuses is told with the row that it refused. */
  #change(index: number, row: RowKey, change: () => boolean): void {
    const details = { index, key: keyOf(row) };
    try {
      if (change()) return;
    } catch (error) {
      const reason = constraintOf(error);
      if (reason === undefined) throw error;
      throw refusedByTable(`row ${formatKey(row)}: table ${this.name} refuses it: ${reason}`, details, error);
    }
    const reason = 'a trigger of it ignored the write, or another row has the same unique columns';
    throw refusedByTable(`row ${formatKey(row)}: table ${this.name} did not take it: ${reason}`, details);
  }

  /** A write transaction. Deferred constraints fail only at its end, and then of no row in particular. */
  async #transact<T>(work: () => T, options: OperationOptions): Promise<T> {
    try {
      return await this.#connection.write(work, options);
    } catch (error) {
      const reason = isCode(error, 'TABLE_VALUE_UNSUPPORTED')
        ? undefined
        : constraintOf((error as Error).cause);
      if (reason === undefined) throw error;
      throw refusedByTable(`table ${this.name} refuses the writes together: ${reason}`, {}, error);
    }
  }
}

/** The reason if the table itself refused a write: by a constraint, or by a trigger that raised. */
function constraintOf(error: unknown): string | undefined {
  return vendorCode(error).startsWith('SQLITE_CONSTRAINT') ? String((error as Error).message) : undefined;
}

function refusedByTable(
  message: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): TableError {
  return new TableError('TABLE_VALUE_UNSUPPORTED', message, { effect: 'none', details, cause });
}

/** Of a mapped table; of one that does not exist yet if there is no schema. */
export function mappedManifest(schema: MappedSchema | undefined, readOnly: boolean): Manifest {
  return {
    ...OWN_MANIFEST,
    layout: 'mapped',
    readOnly,
    filterPushDown: 'some',
    version: { kind: schema?.version === undefined ? 'content' : 'column', neverReused: false },
    columns: schema && manifestColumns(schema),
  };
}

/** The text just above all that begin with the reserved prefix. */
const RESERVED_ROW_END = `${RESERVED_ROW_PREFIX.slice(0, -1)}/`;

/** 144 bits are far beyond what ever collides by chance. */
const HASH_LENGTH = 24;

function hashOf(properties: Properties): string {
  return createHash('sha256').update(encodeProperties(properties)).digest('base64url').slice(0, HASH_LENGTH);
}

/** Whether a row is one to merge into what is there: it need not have what the columns require. */
function mergesInto(row: RowData | Write): boolean {
  return 'kind' in row && (row.kind === 'merge' || row.kind === 'upsertMerge');
}

function projected(row: Row, select: readonly string[] | undefined): Row {
  return { ...row, properties: project(row.properties, select) };
}
