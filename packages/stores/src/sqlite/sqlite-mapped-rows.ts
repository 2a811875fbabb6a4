import {
  formatKey,
  type Properties,
  propertyOf,
  type RowKey,
  refusal,
  TableError,
  type Value,
} from 'changeover/table';
import { encodeKey, type KeyColumn, type KeyValue } from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { type PropertyColumn, type Stored, storedOfValue, valueOfStored } from './sqlite-mapped-codec.ts';
import type { Condition } from './sqlite-mapped-condition.ts';
import type { MappedSchema } from './sqlite-mapped-schema.ts';
import { quoteName } from './sqlite-names.ts';

/** A row of the application's table, decoded. `revision` is its version column's, where NULL counts as 0. */
export interface MappedRow {
  readonly key: RowKey;
  readonly revision: bigint | undefined;
  readonly properties: Properties;
}

/** The name of a computed column. No column of a mapped table has it, since it is reserved. */
const POSITION = '_changeover_position';

/**
 * Reads and writes the rows of an application's table. Everything is synchronous, and belongs inside a transaction of
 * the connection.
 *
 * It reads text whose bytes are not UTF-8 as the error it is: the driver would hand it out with the bad bytes replaced.
 */
export class MappedRows {
  readonly #connection: SqliteConnection;
  readonly #schema: MappedSchema;
  readonly #keyColumns: readonly KeyColumn[];
  readonly #columns: readonly string[];
  readonly #order: string;
  readonly #statements: { readonly insert: string; readonly upsert: string; readonly delete: string };

  constructor(connection: SqliteConnection, schema: MappedSchema) {
    this.#connection = connection;
    this.#schema = schema;
    this.#keyColumns = [...schema.key.partition, ...schema.key.row];
    this.#columns = [
      ...this.#keyColumns.map(({ name }) => name),
      ...(schema.version === undefined ? [] : [schema.version]),
      ...schema.properties.map(({ name }) => name),
    ].map(quoteName);
    this.#order = this.#keyColumns.map(({ name }) => quoteName(name)).join(', ');
    this.#statements = {
      insert: this.#insertSql(),
      upsert: this.#upsertSql(),
      delete: `delete from ${quoteName(schema.table)} where ${this.#keySql()}`,
    };
  }

  find(values: readonly KeyValue[]): MappedRow | undefined {
    let found: MappedRow | undefined;
    this.visit({ sql: this.#keySql(), params: values }, (row) => {
      found = row;
      return true;
    });
    return found;
  }

  /** Shows `visit` the rows that satisfy `condition`, in key order, until it returns false. Whether that was all. */
  visit(condition: Condition, visit: (row: MappedRow) => boolean): boolean {
    let seen = 0;
    let suspicious = false;
    let all = true;
    for (const raw of this.#iterate(this.#columns, condition)) {
      seen += 1;
      suspicious ||= mayBeIllFormed(raw);
      all = visit(this.#decode(raw));
      if (!all) break;
    }
    if (suspicious) this.#checkText(condition, seen);
    return all;
  }

  /** The key that comes `distance` rows behind the first one that satisfies `condition`; undefined if there is none. */
  keyAt({ sql, params }: Condition, distance: number): RowKey | undefined {
    const text = `select ${this.#order} from ${this.#table} where ${sql} order by ${this.#order} limit 1 offset ?`;
    const raw = this.#connection
      .statement(text)
      .raw()
      .get(...params, BigInt(distance)) as Stored[] | undefined;
    return raw && this.#decodeKey(raw);
  }

  count({ sql, params }: Condition): number {
    const text = `select count(*) from ${this.#table} where ${sql}`;
    const statement = this.#connection.statement(text).pluck();
    return Number(statement.get(...params));
  }

  isEmpty(): boolean {
    return this.#connection.statement(`select 1 from ${this.#table} limit 1`).get() === undefined;
  }

  /** Of the first `rows` rows that satisfy `condition`, the keys of every `step`th but the last, in one pass. */
  everyKey({ sql: condition, params }: Condition, step: number, rows: number): RowKey[] {
    const number = `row_number() over (order by ${this.#order}) as ${POSITION}`;
    const numbered = `select ${this.#order}, ${number} from ${this.#table} where ${condition}`;
    const sql = `select ${this.#order} from (${numbered}) where ${POSITION} % ? = 0 and ${POSITION} < ?`;
    const statement = this.#connection.statement(sql).raw();
    const raws = statement.all(...params, BigInt(step), BigInt(rows)) as Stored[][];
    return raws.map((raw) => this.#decodeKey(raw));
  }

  // The writes return whether the row was written. It was not if a trigger ignored it.

  insert(values: readonly KeyValue[], properties: Properties): boolean {
    return this.#run(this.#statements.insert, [...values, ...this.#bind(properties)]);
  }

  /**
   * Writes a row whether or not it is there; properties that are not given become NULL. Returns false also where a row
   * of another key has its unique columns.
   */
  upsert(values: readonly KeyValue[], properties: Properties): boolean {
    return this.#run(this.#statements.upsert, [...values, ...this.#bind(properties)]);
  }

  /** Writes a row that is there. Columns of properties that are not given become NULL, or are `kept`. */
  update(values: readonly KeyValue[], properties: Properties, kept: boolean): boolean {
    const columns = this.#schema.properties.filter(
      ({ name }) => !kept || propertyOf(properties, name) !== undefined,
    );
    const sets = [...columns.map(({ name }) => `${quoteName(name)} = ?`), ...this.#raiseRevision()];
    if (sets.length === 0) return true;
    const sql = `update or abort ${this.#table} set ${sets.join(', ')} where ${this.#keySql()}`;
    return this.#run(sql, [...columns.map((column) => bindOf(column, properties)), ...values]);
  }

  delete(values: readonly KeyValue[]): boolean {
    return this.#run(this.#statements.delete, values);
  }

  /** `or abort` takes precedence over the table's own ON CONFLICT clauses, which may drop a row in silence. */
  #insertSql(): string {
    const values = this.#columns.map((column) => (column === this.#revision ? '1' : '?'));
    return `insert or abort into ${this.#table} (${this.#columns.join(', ')}) values (${values.join(', ')})`;
  }

  /** The last condition keeps a row of another key that shares the unique column: the row count then tells of it. */
  #upsertSql(): string {
    const properties = this.#schema.properties.map(({ name }) => quoteName(name));
    const names = this.#keyColumns.map(({ name }) => quoteName(name));
    const sets = [
      ...(properties.length > 0 ? properties : names).map((name) => `${name} = excluded.${name}`),
      ...this.#raiseRevision(),
    ];
    const same = names.map((name) => `${this.#table}.${name} = excluded.${name}`);
    const target = this.#schema.unique.map(quoteName).join(', ');
    return `${this.#insertSql()} on conflict (${target}) do update set ${sets.join(', ')} where ${same.join(' and ')}`;
  }

  get #table(): string {
    return quoteName(this.#schema.table);
  }

  get #revision(): string | undefined {
    return this.#schema.version === undefined ? undefined : quoteName(this.#schema.version);
  }

  #raiseRevision(): readonly string[] {
    const name = this.#revision;
    return name === undefined ? [] : [`${name} = coalesce(${this.#table}.${name}, 0) + 1`];
  }

  #keySql(): string {
    return this.#keyColumns.map(({ name }) => `${quoteName(name)} = ?`).join(' and ');
  }

  #bind(properties: Properties): Stored[] {
    return this.#schema.properties.map((column) => bindOf(column, properties));
  }

  #run(sql: string, params: readonly Stored[]): boolean {
    return this.#connection.statement(sql).run(...params).changes === 1;
  }

  #iterate(columns: readonly string[], { sql, params }: Condition, limit = -1): IterableIterator<Stored[]> {
    const text = `select ${columns.join(', ')} from ${this.#table} where ${sql} order by ${this.#order} limit ?`;
    const rows = this.#connection
      .statement(text)
      .raw()
      .iterate(...params, BigInt(limit));
    return rows as IterableIterator<Stored[]>;
  }

  /** Reads the same rows once more, in the same transaction, with the bytes of each column beside it. */
  #checkText(condition: Condition, seen: number): void {
    const width = this.#columns.length;
    const bytes = this.#columns.map((name) => `cast(${name} as blob)`);
    for (const raw of this.#iterate([...this.#columns, ...bytes], condition, seen)) {
      for (const [index, name] of this.#columns.entries()) {
        const [stored, exact] = [raw[index], raw[width + index]];
        if (typeof stored !== 'string' || Buffer.from(stored).equals(exact as Uint8Array)) continue;
        throw this.#unreadable(`${name} of row ${this.#describe(raw)}`, 'text that is not UTF-8');
      }
    }
  }

  #decode(raw: readonly Stored[]): MappedRow {
    const { version, properties: columns } = this.#schema;
    const key = this.#decodeKey(raw);
    const first = this.#keyColumns.length + (version === undefined ? 0 : 1);
    const properties: Record<string, Value> = {};
    columns.forEach((column, index) => {
      const stored = raw[first + index] ?? null;
      if (stored === null) return;
      properties[column.name] = valueOfStored(column.type, stored) ?? this.#misfit(column, stored, key);
    });
    return {
      key,
      properties,
      revision: version === undefined ? undefined : this.#revisionOf(raw[first - 1] ?? null, key),
    };
  }

  #decodeKey(raw: readonly Stored[]): RowKey {
    const values = this.#keyColumns.map(({ name, kind }, index) => {
      const stored = raw[index];
      const fits = kind === 'integer' ? typeof stored === 'bigint' : typeof stored === 'string';
      if (fits) return stored as KeyValue;
      throw this.#unreadable(
        `key column ${name} of row ${this.#describe(raw)}`,
        `${classOf(stored)}, not ${kind}`,
      );
    });
    return encodeKey(this.#schema.key, values);
  }

  #revisionOf(stored: Stored, key: RowKey): bigint {
    if (stored === null) return 0n;
    if (typeof stored === 'bigint') return stored;
    throw this.#unreadable(
      `${this.#revision} of row ${formatKey(key)}`,
      `${classOf(stored)}, not an integer`,
    );
  }

  #misfit(column: PropertyColumn, stored: NonNullable<Stored>, key: RowKey): never {
    throw this.#unreadable(
      `${column.name} of row ${formatKey(key)}`,
      `${classOf(stored)} that is no ${column.type ?? 'value'}`,
      `Leave ${column.name} out of "types": its values then move, sort and filter as they are stored.`,
    );
  }

  #unreadable(place: string, what: string, hint?: string): TableError {
    const message = `table ${this.#schema.table}: ${place} holds ${what}`;
    return refusal('TABLE_VALUE_INVALID', message, { table: this.#schema.table }, hint);
  }

  /** For messages about rows whose key cannot be had. */
  #describe(raw: readonly Stored[]): string {
    return this.#keyColumns.map(({ name }, index) => `${name} = ${String(raw[index])}`).join(', ');
  }
}

function bindOf({ name }: PropertyColumn, properties: Properties): Stored {
  const value = propertyOf(properties, name);
  return value ? storedOfValue(value) : null;
}

/** The driver puts a replacement character in the place of bytes that are not UTF-8. */
function mayBeIllFormed(raw: readonly Stored[]): boolean {
  return raw.some((stored) => typeof stored === 'string' && stored.includes('\uFFFD'));
}

function classOf(stored: Stored | undefined): string {
  if (stored === null || stored === undefined) return 'NULL';
  if (typeof stored === 'bigint') return 'an integer';
  if (typeof stored === 'number') return 'a real';
  return typeof stored === 'string' ? 'a text' : 'a blob';
}
