import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { assert } from 'changeover/std';
import {
  AbstractTable,
  type AtomicQueryOptions,
  compareKeys,
  encodeProperties,
  type Filter,
  formatKey,
  hasProperties,
  isChange,
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
  type RangeOptions,
  RESERVED_ROW_PREFIX,
  type Row,
  type RowData,
  type RowKey,
  type ScanOptions,
  type TableDescription,
  type Write,
  type WriteOptions,
  type WriteResult,
} from 'changeover/table';
import {
  decodeKey,
  type KeyValue,
  type MappedConfig,
  placeOfKey,
  placeOfText,
  rangeOfPartition,
  rangeOfScan,
} from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteFences } from './sqlite-fences.ts';
import { allOf, type Condition, compareWithPlace } from './sqlite-mapped-condition.ts';
import { type PushedFilter, pushDownFilter } from './sqlite-mapped-filter.ts';
import { SchemaGuard } from './sqlite-mapped-guard.ts';
import { mappedManifest } from './sqlite-mapped-manifest.ts';
import { MappedAnswer, MappedPage } from './sqlite-mapped-page.ts';
import { isMerge, problemOfMappedRow } from './sqlite-mapped-problem.ts';
import { changeRow, changeTogether, refusedByTable } from './sqlite-mapped-refusal.ts';
import { type MappedRow, MappedRows } from './sqlite-mapped-rows.ts';
import type { MappedSchema } from './sqlite-mapped-schema.ts';
import { MappedSidecar, reservedOf } from './sqlite-mapped-sidecar.ts';
import { applyMark } from './sqlite-mark.ts';
import { checkCondition } from './sqlite-write.ts';

/** How much one page of a scan looks at, whatever its filter leaves: a call must not stop the process for long. */
const EXAMINED_ROWS = 10_000;

export interface SqliteMappedTableOptions extends OpenOptions {
  readonly connection: SqliteConnection;
  readonly config: MappedConfig;
  /** The table as the mapping shows it now. */
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
  readonly #fences: SqliteFences;
  readonly #guard: SchemaGuard;

  constructor(options: SqliteMappedTableOptions) {
    const { connection, schema, readOnly, connectionId } = options;
    super(schema.table, options);
    this.manifest = mappedManifest(schema, readOnly);
    this.#connection = connection;
    this.#connectionId = connectionId;
    this.#schema = schema;
    this.#rows = new MappedRows(connection, schema);
    this.#sidecar = new MappedSidecar(connection, schema.table);
    this.#fences = new SqliteFences(connection);
    this.#guard = new SchemaGuard(connection, options.config, schema);
  }

  protected _get(key: RowKey, options: OperationOptions): Promise<Row | undefined> {
    return this.#read(() => this.#find(key), options);
  }

  protected _write(
    batch: readonly Write[],
    { fences, ...options }: WriteOptions,
  ): Promise<readonly WriteResult[]> {
    return this.#transact(() => {
      this.#fences.check(fences);
      const results = batch.map((write, index) => this.#apply(write, index));
      // Read back only now: the table's own triggers may have changed what was written.
      return results.map((result, index) => result ?? { version: this.#versionAfter(batch[index] as Write) });
    }, options);
  }

  protected _query(
    partitionKey: string,
    { filter, select, ...options }: AtomicQueryOptions,
  ): Promise<readonly Row[]> {
    const pushed = pushDownFilter(this.#schema, filter);
    const { partition } = this.#schema.key;
    const within = compareWithPlace(partition, 'eq', placeOfText(partition, partitionKey));
    return this.#read(() => {
      const answer = new MappedAnswer(partitionKey, this.answerLimits(options));
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
    return this.#read(() => {
      const page = this.#scanRows(options, pushed);
      const { rows, continuation } = this.seesReserved ? this.#withReservedRows(page, options) : page;
      return { rows: rows.map((row) => projected(row, select)), continuation };
    }, options);
  }

  protected _load(
    rows: readonly RowData[],
    { marks = [], fences, ...options }: LoadOptions,
  ): Promise<LoadResult> {
    return this.#transact(() => {
      this.#fences.check(fences);
      const results = marks.map((mark, index) => applyMark(this.#connection, mark, index));
      const reserves = this.#sidecar.exists();
      rows.forEach((row, index) => this.#put(row, index, reserves));
      return { marks: results };
    }, options);
  }

  protected _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample> {
    const range = this.#rangeOf(options.after, options.through);
    return this.#read(() => {
      const rows = this.#rows.count(range);
      const step = Math.max(1, Math.ceil(rows / parts));
      return { keys: step < rows ? this.#rows.everyKey(range, step, rows) : [], rows };
    }, options);
  }

  protected _describe(options: OperationOptions): Promise<TableDescription> {
    return this.#read((db) => {
      const reservedNames = this.#reservedNames();
      const empty = this.#rows.isEmpty();
      // Changes of other connections, and our own. The reads above opened the snapshot that they are counted up to.
      const others = db.pragma('data_version', { simple: true });
      const ours = db.prepare('select total_changes()').pluck().get();
      return { reservedNames, empty, changeToken: `${this.#connectionId}.${String(others)}/${String(ours)}` };
    }, options);
  }

  protected override _problemOf(row: RowData): Problem | undefined {
    return problemOfMappedRow(this.#schema, row);
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
    if (isReservedRow(write.rowKey) && isChange(write)) return this.#sidecar.apply(write, index);
    const current = this.#find(write);
    checkCondition(write, index, current?.version);
    if (!hasProperties(write)) {
      if (current && write.kind === 'delete') this.#delete(write, index);
      return { version: undefined };
    }
    const values = this.#valuesOf(write);
    const merges = current !== undefined && isMerge(write);
    changeRow(this.name, index, write, () =>
      current
        ? this.#rows.update(values, write.properties, merges)
        : this.#rows.insert(values, write.properties),
    );
    const kept = merges && this.#sidecar.exists() ? this.#sidecar.propertiesOf(write) : {};
    this.#sidecar.setProperties(write, { ...kept, ...reservedOf(write.properties) });
    return undefined;
  }

  #delete(key: RowKey, index: number): void {
    const values = this.#valuesOf(key);
    changeRow(this.name, index, key, () => this.#rows.delete(values));
    this.#sidecar.setProperties(key, {});
  }

  /** Of a row that is there, or that has no problem. */
  #valuesOf(key: RowKey): readonly KeyValue[] {
    const values = decodeKey(this.#schema.key, key);
    assert(values, `the key ${formatKey(key)} was checked`);
    return values;
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
    const values = this.#valuesOf(row);
    changeRow(this.name, index, row, () => this.#rows.upsert(values, row.properties));
    const reserved = this.seesReserved ? reservedOf(row.properties) : {};
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
    const { row } = this.#schema.key;
    if (row[0]?.kind !== 'text') return undefined;
    const from = compareWithPlace(row, 'ge', placeOfText(row, RESERVED_ROW_PREFIX));
    const until = compareWithPlace(row, 'lt', placeOfText(row, RESERVED_ROW_END));
    return this.#rows.keyAt(allOf([from, until]), 0);
  }

  #transact<T>(work: () => T, options: OperationOptions): Promise<T> {
    return changeTogether(this.name, () =>
      this.#connection.write((db) => {
        this.#guard.check(db);
        return work();
      }, options),
    );
  }

  #read<T>(work: (db: Database.Database) => T, options: OperationOptions): Promise<T> {
    return this.#connection.read((db) => {
      this.#guard.check(db);
      return work(db);
    }, options);
  }
}

/** The text just above all that begin with the reserved prefix. */
const RESERVED_ROW_END = `${RESERVED_ROW_PREFIX.slice(0, -1)}/`;

/** 144 bits are far beyond what ever collides by chance. */
const HASH_LENGTH = 24;

function hashOf(properties: Properties): string {
  return hash('sha256', encodeProperties(properties), 'base64url').slice(0, HASH_LENGTH);
}

function projected(row: Row, select: readonly string[] | undefined): Row {
  return select ? { ...row, properties: project(row.properties, select) } : row;
}
