import { compareKeys, EncodedRow, type RowKey } from 'changeover/table';
import { type KeyRange, RESERVED_MARK } from '../layout/index.ts';
import { keyText, storedText } from './postgres-codec.ts';
import type { Runs } from './postgres-registry.ts';
import type { Parameter, StoredCells } from './postgres-statement.ts';

/** Rows in order, from the first of their range on. */
export interface StoredPage {
  readonly rows: readonly EncodedRow[];
  /** Whether there may be more behind them. */
  readonly more: boolean;
  /** True if no row has a reserved property, undefined if nobody looked. */
  readonly unreserved?: boolean;
}

export interface PageLimits {
  readonly rows: number;
  /** Of encoded properties; the row that exceeds it still belongs to the page. */
  readonly bytes: number;
}

/** Rows whose key is reserved are not an application's. */
const NOT_RESERVED = "not starts_with(row_key, '_changeover.')";

const COLUMN_NAMES = ['partition_key', 'row_key', 'version', 'properties'];
const COLUMNS = COLUMN_NAMES.join(', ');

/** Stands between the values of one column. Encoded properties never have it, JSON being what it is; keys seldom. */
const BETWEEN = '\u0003';
const BETWEEN_SQL = 'chr(3)';

/** Reads rows of one table of our own layout. */
export class PostgresRows {
  readonly #table: string;
  readonly #seesReserved: boolean;

  /** `table` is as SQL names it. */
  constructor(table: string, seesReserved: boolean) {
    this.#table = table;
    this.#seesReserved = seesReserved;
  }

  async get(run: Runs, { partitionKey, rowKey }: RowKey): Promise<EncodedRow | undefined> {
    const text = `select version, properties from ${this.#table} where partition_key = $1 and row_key = $2`;
    const values = [storedText(partitionKey), storedText(rowKey)];
    const [row] = await run({ text, values, prepared: true });
    return row && new EncodedRow(partitionKey, rowKey, String(row[0]), String(row[1]));
  }

  /**
   * The first rows of a range that satisfy `condition`. The server itself ends the page once it has enough bytes: nobody
   * knows before how large the rows are.
   */
  async page(run: Runs, range: KeyRange, limits: PageLimits, condition = 'true'): Promise<StoredPage> {
    const [sized, values] = this.#sized(range, limits, condition);
    const found = (await run({ text: `select ${COLUMNS} ${sized}`, values, prepared: true })).map(rowOf);
    return pageOf(found, limits);
  }

  /** Those rows of a range that have one of these keys, which are looked up in the index one by one. */
  async named(
    run: Runs,
    range: KeyRange,
    limits: PageLimits,
    rowKeys: readonly string[],
  ): Promise<StoredPage> {
    const [, bound] = this.where(range);
    // As an array, and not as a subquery, so that the rest of the range is not looked at.
    const condition = `row_key = any(array(select json_array_elements_text($${bound.length + 1}::json)))`;
    const [sized, values] = this.#sized(range, limits, condition, [JSON.stringify(rowKeys.map(storedText))]);
    const found = (await run({ text: `select ${COLUMNS} ${sized}`, values, prepared: true })).map(rowOf);
    return pageOf(found, limits);
  }

  /**
   * The same in one row, each column as one text, which costs this side a third. Only for rows that go by: each
   * holds on to the texts of its whole page.
   */
  async bulkPage(run: Runs, range: KeyRange, limits: PageLimits): Promise<StoredPage> {
    const [sized, values] = this.#sized(range, limits, 'true');
    const columns = COLUMN_NAMES.map((name) => `string_agg(${name}::text, ${BETWEEN_SQL})`);
    const text = `select count(*), ${columns.join(', ')} ${sized}`;
    const [[count, ...joined] = []] = await run({ text, values, prepared: true });
    const parts = joined.map((column) => column?.split(BETWEEN) ?? []);
    // A key that has the mark in it makes too many parts.
    if (parts.some(({ length }) => length !== Number(count))) return this.page(run, range, limits);
    const [partitions, rows, versions, encodings] = parts as [string[], string[], string[], string[]];
    const found = encodings.map((encoded, index) => {
      const partition = keyText(partitions[index] as string);
      return new EncodedRow(partition, keyText(rows[index] as string), versions[index] as string, encoded);
    });
    // One look at the whole text costs much less than one at each row.
    return { ...pageOf(found, limits), unreserved: !joined.at(-1)?.includes(RESERVED_MARK) };
  }

  #sized(
    range: KeyRange,
    { rows, bytes }: PageLimits,
    condition: string,
    values: readonly Parameter[] = [],
  ): readonly [sql: string, values: readonly Parameter[]] {
    const [bounds, bound] = this.where(range);
    const all = [...bound, ...values];
    const where = `${bounds} and ${condition}`;
    const order = 'order by partition_key, row_key';
    const first = `select ${COLUMNS} from ${this.#table} where ${where} ${order} limit $${all.length + 1}`;
    const passed = 'sum(octet_length(properties)) over (rows unbounded preceding)';
    const sized = `select ${COLUMNS}, ${passed} - octet_length(properties) as ahead from (${first}) as first`;
    return [`from (${sized}) as sized where ahead < $${all.length + 2}`, [...all, rows, bytes]];
  }

  async isEmpty(run: Runs): Promise<boolean> {
    const text = `select 1 from ${this.#table} where ${this.#seesReserved ? 'true' : NOT_RESERVED} limit 1`;
    return (await run({ text })).length === 0;
  }

  async count(run: Runs, range: KeyRange): Promise<number> {
    const [where, values] = this.where(range);
    const [row] = await run({
      text: `select count(*) from ${this.#table} where ${where}`,
      values,
      patient: true,
    });
    return Number(row?.[0]);
  }

  /** Of the rows of a range, the keys of every `step`th, in one pass. */
  async everyKey(run: Runs, range: KeyRange, step: number): Promise<readonly RowKey[]> {
    const [where, values] = this.where(range);
    const order = 'order by partition_key, row_key';
    const numbered = `select partition_key, row_key, row_number() over (${order}) as n from ${this.#table} where ${where}`;
    const text = `select partition_key, row_key from (${numbered}) as numbered where n % ${step} = 0 ${order}`;
    return (await run({ text, values, patient: true })).map(keyOfCells);
  }

  /**
   * Some keys of a range, in order, of about `percent` of the table's pages, a few of each: the rows of a page may be
   * neighbours.
   */
  async someKeys(run: Runs, range: KeyRange, percent: number): Promise<readonly RowKey[]> {
    const [where, values] = this.where(range);
    const one = "split_part(trim(ctid::text, '()'), ',', 2)::integer % 32 = 1";
    const text =
      `select partition_key, row_key from ${this.#table} tablesample system (${percent}) ` +
      `where ${where} and ${one} order by partition_key, row_key`;
    return (await run({ text, values, patient: true })).map(keyOfCells);
  }

  /** A condition of the rows in a range that this handle sees, and what to bind in it. */
  where({ from, until }: KeyRange): readonly [sql: string, values: readonly Parameter[]] {
    const conditions = this.#seesReserved ? [] : [NOT_RESERVED];
    const values: string[] = [];
    if (from.partitionKey !== '' || from.rowKey !== '') {
      conditions.push('(partition_key, row_key) >= ($1, $2)');
      values.push(storedText(from.partitionKey), storedText(from.rowKey));
    }
    if (until) {
      conditions.push(`(partition_key, row_key) < ($${values.length + 1}, $${values.length + 2})`);
      values.push(storedText(until.partitionKey), storedText(until.rowKey));
    }
    if (until && compareKeys(from, until) >= 0) conditions.push('false');
    return [conditions.join(' and ') || 'true', values];
  }
}

function rowOf([partitionKey, rowKey, version, encoded]: StoredCells): EncodedRow {
  return new EncodedRow(
    keyText(partitionKey as string),
    keyText(rowKey as string),
    version as string,
    encoded as string,
  );
}

function keyOfCells([partitionKey, rowKey]: StoredCells): RowKey {
  return { partitionKey: keyText(String(partitionKey)), rowKey: keyText(String(rowKey)) };
}

function pageOf(rows: readonly EncodedRow[], limits: PageLimits): StoredPage {
  return { rows, more: rows.length === limits.rows || bytesOf(rows) >= limits.bytes };
}

function bytesOf(rows: readonly EncodedRow[]): number {
  return rows.reduce((sum, { encoded }) => sum + Buffer.byteLength(encoded), 0);
}
