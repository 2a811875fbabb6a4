/** What the protocol asks of a table, and is one itself: batches, atomic queries, streamed queries. Nothing else. */
export interface Table {
  /** All writes or none, on distinct rows of one partition. */
  batch(partition: string, writes: readonly Write[]): Promise<BatchResult>;
  /** The rows of one partition at one instant, in order of their keys. */
  query(partition: string, query?: Query): Promise<readonly Row[]>;
}

/** A table as a store has it: streams begin behind any key. */
export interface Store extends Table {
  open(filter?: Filter, after?: Key): Promise<RowStream>;
}

/** Rows in order of their keys, each read at an instant of its own. */
export interface RowStream {
  /** Undefined after the last. */
  next(): Promise<Row | undefined>;
  close(): void;
}

export interface Key {
  readonly partition: string;
  readonly row: string;
}

export type Properties = Readonly<Record<string, string | number | boolean>>;

export interface Row extends Key {
  readonly properties: Properties;
  readonly version: string;
}

/** In place of a version: the row must be there, whatever its version. */
export const ANY = '*';

export type Write =
  | {
      readonly kind: 'insert' | 'insertOrReplace' | 'insertOrMerge';
      readonly row: string;
      readonly properties: Properties;
    }
  | {
      readonly kind: 'replace' | 'merge';
      readonly row: string;
      readonly properties: Properties;
      readonly version: string;
    }
  | { readonly kind: 'delete'; readonly row: string; readonly version: string }
  | { readonly kind: 'deleteIfExists'; readonly row: string };

export type Reason = 'conflict' | 'notFound' | 'versionMismatch';

export interface Done {
  /** The new version of each row; none for one that was deleted. */
  readonly versions: readonly (string | undefined)[];
}

/** Nothing was written. */
export interface Failed {
  /** Which write failed, the first of them. */
  readonly failed: number;
  readonly reason: Reason;
}

export type BatchResult = Done | Failed;

export interface Filter {
  readonly property: string;
  readonly equals: string | number | boolean;
}

/** The rows that match the filter, and those that are named. All rows, if neither is given. */
export interface Query {
  readonly filter?: Filter | undefined;
  readonly rows?: readonly string[];
}

export function matches({ properties }: Row, filter: Filter | undefined): boolean {
  return filter === undefined || properties[filter.property] === filter.equals;
}

/** By partition, then by row. */
export function compareKeys(one: Key, other: Key): number {
  if (one.partition !== other.partition) return one.partition < other.partition ? -1 : 1;
  if (one.row === other.row) return 0;
  return one.row < other.row ? -1 : 1;
}
