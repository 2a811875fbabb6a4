import { hash } from 'node:crypto';
import { isCode } from 'changeover/std';
import {
  decodeProperties,
  encodeProperties,
  isReservedProperty,
  keyOf,
  type Properties,
  type Row,
  type RowKey,
  textBytes,
  type Write,
} from 'changeover/table';
import { EVERYTHING, type KeyRange, plainRow } from '../layout/index.ts';
import { storedText } from './postgres-codec.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { type Condition, statementOf } from './postgres-mapped-condition.ts';
import { quoteTable, quoteText } from './postgres-names.ts';
import { createTable, dropTable, type OwnPlace } from './postgres-own-tables.ts';
import { showRow } from './postgres-page.ts';
import type { Runs } from './postgres-registry.ts';
import { renameOwn } from './postgres-rename.ts';
import { PostgresRows } from './postgres-rows.ts';
import { type WritePlace, writeWithin } from './postgres-write.ts';

const PREFIX = '_changeover_rows_';
const NAME_BYTES_MAX = 63;
const PAGE = { rows: 1000, bytes: 4 * 1024 * 1024 };

/**
 * What is reserved of a mapped table, none of which its own columns could hold: reserved rows, and under the key of
 * a user's row that row's reserved properties. It is a table of our own layout in the same schema, so that one transaction
 * writes both; it comes into being with the first reserved write.
 */
export class MappedSidecar {
  readonly #place: OwnPlace;
  readonly #name: string;
  readonly #table: string;
  readonly #rows: PostgresRows;

  constructor(place: OwnPlace, table: string) {
    const name = `${PREFIX}${table}`;
    // A name that would be cut off is told apart by a digest.
    this.#name =
      textBytes(name) <= NAME_BYTES_MAX ? name : `${PREFIX}${hash('sha256', table, 'hex').slice(0, 40)}`;
    this.#place = place;
    this.#table = quoteTable(place.schema, this.#name);
    this.#rows = new PostgresRows(this.#table, true);
  }

  /** Whether there is one, as an expression of SQL. */
  get existsSql(): string {
    return `to_regclass(${quoteText(this.#table)}) is not null`;
  }

  /** As SQL names it. */
  get table(): string {
    return this.#table;
  }

  /** Whether there is one. The condition is {@link unaltered}, where nothing else of the work looks at the table itself. */
  async exists(run: Runs, condition?: Condition): Promise<boolean> {
    const where = condition ? ` where ${condition.sql}` : '';
    const [row] = await run(statementOf(`select ${this.existsSql}${where}`, condition?.params ?? []));
    return row?.[0] === 't';
  }

  /** Makes it if there is none, unless one of the statements fails that are to come first. */
  async create(connection: PostgresConnection, first: readonly string[]): Promise<void> {
    try {
      await connection.transact(
        (session) => createTable((statement) => session.run(statement), this.#place, this.#name),
        { sees: 'fresh', first },
      );
    } catch (error) {
      if (!isCode(error, 'TABLE_ALREADY_EXISTS')) throw error;
    }
  }

  /** Goes with the table to its new name. Belongs in the transaction that renames that. */
  async rename(run: Runs, newTable: string): Promise<void> {
    const newName = new MappedSidecar(this.#place, newTable).#name;
    // Somebody may have dropped a table behind our back; what is left of it must not come back to life.
    await dropTable(run, this.#place, newName);
    if (await this.exists(run)) await renameOwn(run, this.#place, this.#name, newName);
  }

  /** A reserved row. It must exist, as for all that follows. */
  async find(run: Runs, key: RowKey): Promise<Row | undefined> {
    const stored = await this.#rows.get(run, key);
    const row = stored && showRow(stored, { seesReserved: true });
    return row && plainRow(row);
  }

  /** The reserved rows of a range, and of no more than so many rows that it looks at; then the last of those. */
  async page(
    run: Runs,
    range: KeyRange,
    limit: number,
  ): Promise<{ rows: readonly Row[]; end: RowKey | undefined }> {
    const page = await this.#rows.page(run, range, { ...PAGE, rows: Math.min(limit, PAGE.rows) }, RESERVED);
    const rows = page.rows.flatMap((stored) => showRow(stored, { seesReserved: true }) ?? []);
    const last = rows.at(-1);
    return { rows: rows.map(plainRow), end: page.more && last ? keyOf(last) : undefined };
  }

  /** The reserved properties of users' rows of any partitions, by {@link nameOfKey}. */
  async propertiesOf(run: Runs, keys: readonly RowKey[]): Promise<ReadonlyMap<string, Properties>> {
    if (keys.length === 0) return new Map();
    const text =
      `select input.i, t.properties from unnest($1::text[], $2::text[]) with ordinality as input(p, r, i) ` +
      `join ${this.#table} t on t.partition_key = input.p and t.row_key = input.r`;
    const values = [
      keys.map(({ partitionKey }) => storedText(partitionKey)),
      keys.map(({ rowKey }) => storedText(rowKey)),
    ];
    const found = await run({ text, values });
    return new Map(
      found.map(([place, encoded]) => [
        nameOfKey(keys[Number(place) - 1] as RowKey),
        decodeProperties(String(encoded)),
      ]),
    );
  }

  /** Puts these reserved properties of users' rows in the place of all that they had. */
  async setProperties(run: Runs, rows: readonly { key: RowKey; properties: Properties }[]): Promise<void> {
    if (rows.length === 0) return;
    const text =
      `with input as materialized (select * from unnest($1::text[], $2::text[], $3::text[]) as input(p, r, e)), ` +
      `gone as (delete from ${this.#table} t using input where t.partition_key = input.p and t.row_key = input.r and e = '{}') ` +
      `insert into ${this.#table} (partition_key, row_key, version, properties) ` +
      `select p, r, nextval(${this.#place.registry.versions}), e from input where e <> '{}' ` +
      'on conflict (partition_key, row_key) do update set version = excluded.version, properties = excluded.properties';
    const values = [
      rows.map(({ key }) => storedText(key.partitionKey)),
      rows.map(({ key }) => storedText(key.rowKey)),
      rows.map(({ properties }) => encodeProperties(properties)),
    ];
    await run({ text, values });
  }

  /** The first user's row that has reserved properties, with one of their names. */
  async firstProperty(run: Runs): Promise<{ readonly key: RowKey; readonly name: string } | undefined> {
    const page = await this.#rows.page(run, EVERYTHING, { rows: 1, bytes: 1 }, `not ${RESERVED}`);
    const row = page.rows[0];
    return row && { key: keyOf(row), name: Object.keys(decodeProperties(row.encoded))[0] ?? '' };
  }

  /** Applies a write to a reserved row. Throws what its condition says. */
  apply(run: Runs, write: Write, index: number) {
    return writeWithin(run, this.#writePlace, write, index);
  }

  get #writePlace(): WritePlace {
    const { registry } = this.#place;
    return { name: this.#name, table: this.#table, registry, versions: registry.versions };
  }
}

const RESERVED = "starts_with(row_key, '_changeover.')";

/** One text for each key, and for no other. */
export function nameOfKey({ partitionKey, rowKey }: RowKey): string {
  return JSON.stringify([partitionKey, rowKey]);
}

export function reservedOf(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => isReservedProperty(name)));
}
