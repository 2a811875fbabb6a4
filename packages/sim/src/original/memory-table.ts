import {
  ANY,
  type BatchResult,
  compareKeys,
  type Filter,
  type Key,
  matches,
  type Properties,
  type Query,
  type Reason,
  type Row,
  type Write,
} from './protocol/index.ts';

type Rows = Map<string, Row>;

/**
 * A table of a few rows, that answers at once. Versions are counted for each row, and never come again: were they counted
 * for the table, the order of any two writes could be seen in them.
 */
export class MemoryTable {
  readonly name: string;
  openStreams = 0;
  readonly #partitions: ReadonlyMap<string, Rows>;
  readonly #rowKeys: readonly string[];
  readonly #counters = new Map<string, number>();

  /**
   * @param partitions where the rows of each partition are kept, in order; there are no others
   * @param rowKeys those that a row may have, in order
   */
  constructor(name: string, partitions: ReadonlyMap<string, Rows>, rowKeys: readonly string[]) {
    this.name = name;
    this.#partitions = partitions;
    this.#rowKeys = rowKeys;
  }

  /** Puts a row there before anything begins. */
  load(partition: string, row: string, properties: Properties): Row {
    const rows = this.#rowsOf(partition);
    this.#put(rows, partition, row, properties);
    return rows.get(row) as Row;
  }

  /** All rows, for a look from outside. */
  rows(): Row[] {
    return [...this.#partitions.keys()].flatMap((partition) => this.#sorted(partition));
  }

  batch(partition: string, writes: readonly Write[]): BatchResult {
    checkBatch(writes, this.#rowKeys);
    const rows = this.#rowsOf(partition);
    for (let index = 0; index < writes.length; index += 1) {
      const write = writes[index] as Write;
      const reason = reasonAgainst(write, rows.get(write.row));
      if (reason) return { failed: index, reason };
    }
    return { versions: writes.map((write) => this.#apply(rows, partition, write)) };
  }

  query(partition: string, { filter, rows }: Query): readonly Row[] {
    if (rows && !filter) {
      const there = this.#rowsOf(partition);
      return rows.flatMap((row) => there.get(row) ?? []).toSorted(compareKeys);
    }
    const all = this.#sorted(partition);
    return filter ? all.filter((row) => rows?.includes(row.row) === true || matches(row, filter)) : all;
  }

  open(filter: Filter | undefined, after: Key | undefined): MemoryStream {
    this.openStreams += 1;
    return new MemoryStream(this, filter, after);
  }

  /** The first row behind that key that matches. */
  firstAfter(last: Key | undefined, filter: Filter | undefined): Row | undefined {
    for (const [partition, rows] of this.#partitions) {
      if (last && partition < last.partition) continue;
      for (const key of this.#rowKeys) {
        if (last?.partition === partition && key <= last.row) continue;
        const row = rows.get(key);
        if (row && matches(row, filter)) return row;
      }
    }
    return undefined;
  }

  #rowsOf(partition: string): Rows {
    const rows = this.#partitions.get(partition);
    if (!rows) throw new Error(`there is no partition ${partition}`);
    return rows;
  }

  #sorted(partition: string): Row[] {
    return [...this.#rowsOf(partition).values()].toSorted(compareKeys);
  }

  #apply(rows: Rows, partition: string, write: Write): string | undefined {
    const { row } = write;
    const properties = propertiesAfter(write, rows.get(row)?.properties);
    if (properties) return this.#put(rows, partition, row, properties);
    rows.delete(row);
    return undefined;
  }

  #put(rows: Rows, partition: string, row: string, properties: Properties): string {
    const key = `${partition}/${row}`;
    const count = (this.#counters.get(key) ?? 0) + 1;
    this.#counters.set(key, count);
    const version = `${this.name} ${key} ${count}`;
    rows.set(row, Object.freeze({ partition, row, properties, version }));
    return version;
  }
}

/** Reads each row when it is asked for the next. */
export class MemoryStream {
  readonly #table: MemoryTable;
  readonly #filter: Filter | undefined;
  /** The row that was read last; it goes on behind it. */
  last: Key | undefined;
  #closed = false;

  constructor(table: MemoryTable, filter: Filter | undefined, after: Key | undefined) {
    this.#table = table;
    this.#filter = filter;
    this.last = after;
  }

  get name(): string {
    return this.#table.name;
  }

  next(): Row | undefined {
    if (this.#closed) throw new Error(`a stream of the ${this.name} is read after it was closed`);
    const row = this.#table.firstAfter(this.last, this.#filter);
    if (row) this.last = row;
    return row;
  }

  close(): void {
    if (this.#closed) throw new Error(`a stream of the ${this.name} is closed twice`);
    this.#closed = true;
    this.#table.openStreams -= 1;
  }
}

/** Why the write cannot be made where this row, or none, is. */
export function reasonAgainst(
  write: Write,
  present: { readonly version: string } | undefined,
): Reason | undefined {
  switch (write.kind) {
    case 'insert':
      return present ? 'conflict' : undefined;
    case 'replace':
    case 'merge':
    case 'delete':
      if (!present) return 'notFound';
      return write.version === ANY || write.version === present.version ? undefined : 'versionMismatch';
    default:
      return undefined;
  }
}

/** What the write makes of the row; undefined if nothing is left of it. */
export function propertiesAfter(write: Write, before: Properties | undefined): Properties | undefined {
  switch (write.kind) {
    case 'delete':
    case 'deleteIfExists':
      return undefined;
    case 'merge':
    case 'insertOrMerge':
      return { ...before, ...write.properties };
    default:
      return write.properties;
  }
}

/** What a store refuses whatever is in it. */
function checkBatch(writes: readonly Write[], rowKeys: readonly string[]): void {
  if (writes.length === 0) throw new Error('a batch must have writes');
  for (let index = 0; index < writes.length; index += 1) {
    const write = writes[index] as Write;
    if (!rowKeys.includes(write.row)) throw new Error(`there is no row key "${write.row}"`);
    if ('version' in write && !write.version) throw new Error(`a ${write.kind} must name a version`);
    if (writes.findIndex(({ row }) => row === write.row) !== index) {
      throw new Error(`the batch writes ${write.row} twice`);
    }
  }
}
