import {
  formatKey,
  type Properties,
  type RowKey,
  refusal,
  type TableError,
  type Value,
} from 'changeover/table';
import { encodeKey, type KeyValue } from '../layout/index.ts';
import { valueOfText } from './postgres-mapped-codec.ts';
import { type Condition, orderOf, PARAMETER, statementOf } from './postgres-mapped-condition.ts';
import type { MappedSchema } from './postgres-mapped-schema.ts';
import { quoteName, quoteTable } from './postgres-names.ts';
import type { Runs } from './postgres-registry.ts';
import type { StoredCells } from './postgres-statement.ts';

/** A row of the application's table, decoded. */
export interface MappedRow {
  readonly key: RowKey;
  readonly version: string;
  readonly properties: Properties;
  /** About: of the texts that came from the server. */
  readonly bytes: number;
}

export interface MappedRowsPage {
  readonly rows: readonly MappedRow[];
  /** Whether there may be more behind them. */
  readonly more: boolean;
}

/** Reads the rows of an application's table. */
export class MappedRows {
  readonly #schema: MappedSchema;
  readonly #table: string;
  readonly #order: string;
  readonly #columns: readonly string[];

  constructor(schema: MappedSchema) {
    this.#schema = schema;
    this.#table = quoteTable(schema.schema, schema.table);
    this.#order = orderOf(schema.keyColumns);
    this.#columns = [
      ...schema.keyColumns.map(({ name }) => quoteName(name)),
      versionSql(schema),
      ...schema.properties.map(({ name }) => quoteName(name)),
    ];
  }

  async find(run: Runs, values: readonly KeyValue[]): Promise<MappedRow | undefined> {
    const equal = this.#schema.keyColumns.map(({ name }, index) => `${quoteName(name)} = $${index + 1}`);
    const text = `select ${this.#columns.join(', ')} from ${this.#table} where ${equal.join(' and ')}`;
    const [row] = await run({ text, values: values.map(String), prepared: true });
    return row && this.#decode(row);
  }

  /**
   * The first rows that satisfy `condition`, in key order. The server itself ends the page once it has enough bytes:
   * nobody knows before how large the rows are.
   */
  async page(
    run: Runs,
    { sql, params }: Condition,
    limits: { rows: number; bytes: number },
  ): Promise<MappedRowsPage> {
    const { rows, bytes } = limits;
    const first = `select ${this.#columns.join(', ')}, ${this.#size()} as _changeover_size from ${this.#table} where ${sql} order by ${this.#order} limit ${PARAMETER}`;
    const ahead = `sum(_changeover_size) over (order by ${this.#order} rows between unbounded preceding and 1 preceding)`;
    const sized = `select *, ${ahead} as _changeover_ahead from (${first}) as first`;
    const text = `select * from (${sized}) as sized where coalesce(_changeover_ahead, 0) < ${PARAMETER} order by ${this.#order}`;
    const found = await run(statementOf(text, [...params, rows, bytes]));
    const last = found.at(-1);
    const size = Number(last?.at(-1) ?? 0) + Number(last?.at(-2) ?? 0);
    return { rows: found.map((row) => this.#decode(row)), more: found.length === rows || size >= bytes };
  }

  /** The key that comes `distance` rows behind the first one that satisfies `condition`; undefined if there is none. */
  async keyAt(run: Runs, { sql, params }: Condition, distance: number): Promise<RowKey | undefined> {
    const text = `select ${this.#keyNames()} from ${this.#table} where ${sql} order by ${this.#order} limit 1 offset ${PARAMETER}`;
    const [row] = await run(statementOf(text, [...params, distance]));
    return row && this.#decodeKey(row);
  }

  async count(run: Runs, { sql, params }: Condition): Promise<number> {
    const statement = statementOf(`select count(*) from ${this.#table} where ${sql}`, params);
    const [row] = await run({ ...statement, patient: true });
    return Number(row?.[0]);
  }

  async isEmpty(run: Runs): Promise<boolean> {
    return (await run({ text: `select 1 from ${this.#table} limit 1` })).length === 0;
  }

  /** Of the rows that satisfy `condition`, the keys of every `step`th, in one pass. */
  async everyKey(run: Runs, { sql, params }: Condition, step: number): Promise<readonly RowKey[]> {
    const number = `row_number() over (order by ${this.#order}) as _changeover_position`;
    const numbered = `select ${this.#keyNames()}, ${number} from ${this.#table} where ${sql}`;
    const text = `select ${this.#keyNames()} from (${numbered}) as numbered where _changeover_position % ${step} = 0 order by ${this.#order}`;
    const found = await run({ ...statementOf(text, params), patient: true });
    return found.map((row) => this.#decodeKey(row));
  }

  #keyNames(): string {
    return this.#schema.keyColumns.map(({ name }) => quoteName(name)).join(', ');
  }

  /** About what the columns take that may be large, without reading what lies outside the row. */
  #size(): string {
    const large = this.#schema.properties.filter(({ kind }) => !SMALL.includes(kind));
    const sizes = large.map(({ name }) => `coalesce(pg_column_size(${quoteName(name)}), 0)`);
    return [String(SMALL_BYTES * (this.#columns.length + 1)), ...sizes].join(' + ');
  }

  #decode(cells: StoredCells): MappedRow {
    const { keyColumns, properties: columns } = this.#schema;
    const key = this.#decodeKey(cells);
    const first = keyColumns.length + 1;
    const properties: Record<string, Value> = {};
    let bytes = 0;
    columns.forEach((column, index) => {
      const text = cells[first + index] ?? null;
      if (text === null) return;
      bytes += column.name.length + text.length;
      properties[column.name] = valueOfText(column, text) ?? this.#misfit(column, text, key);
    });
    return { key, version: cells[keyColumns.length] ?? '0', properties, bytes };
  }

  #decodeKey(cells: StoredCells): RowKey {
    const { key, keyColumns } = this.#schema;
    const values = keyColumns.map(({ kind }, index) => {
      const text = String(cells[index]);
      return kind === 'integer' ? BigInt(text) : text;
    });
    return encodeKey(key, values);
  }

  #misfit({ name, type }: { name: string; type: string }, text: string, key: RowKey): TableError & never {
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
    throw refusal(
      'TABLE_VALUE_INVALID',
      `table ${this.#schema.table}: ${name} of row ${formatKey(key)} holds ${shown}, which is no ${type}`,
      { table: this.#schema.table },
    );
  }
}

/** What a row's version is by: its column, where NULL counts as 0, or the transaction that wrote the row. */
export function versionSql({ version }: MappedSchema, alias: 't.' | '' = ''): string {
  return version === undefined ? `${alias}xmin::text` : `coalesce(${alias}${quoteName(version)}, 0)::text`;
}

const SMALL: readonly string[] = [
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'real',
  'double',
  'timestamptz',
  'uuid',
];
const SMALL_BYTES = 16;
const SHOWN = 60;
