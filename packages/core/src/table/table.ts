import type { Filter } from './filter.ts';
import type { RowKey } from './key.ts';
import type { Manifest } from './manifest.ts';
import type { Properties } from './value.ts';

/** An opaque token that a store changes whenever it writes the row. Compare it only for equality. */
export type Version = string;

/** A row as a caller hands it in: a key and its properties. */
export interface RowData extends RowKey {
  readonly properties: Properties;
}

/** A row as a store gives it back. */
export interface Row extends RowData {
  readonly version: Version;
}

/** A row must have exactly this version, or with `*` merely exist. */
export type Condition = Version | '*';

/**
 * A write that changes its row. An unconditional delete of an absent row does nothing, and succeeds; beside other writes
 * only where the manifest says `deletesAbsent`.
 */
export type Change =
  | (RowData & { readonly kind: 'insert' })
  | (RowData & { readonly kind: 'replace' | 'merge'; readonly condition: Condition })
  | (RowData & { readonly kind: 'upsertReplace' | 'upsertMerge' })
  | (RowKey & { readonly kind: 'delete'; readonly condition?: Condition });

/**
 * A condition on a row that the batch does not write: it holds at the instant of the batch, or the batch fails. The row
 * stays as it is, its version too. Only where the manifest says `check`, and never alone: to look at a row, read it.
 */
export type Check = RowKey & { readonly kind: 'check'; readonly condition: Condition };

/** One write of a batch. */
export type Write = Change | Check;

export type WriteKind = Write['kind'];

/** The version that a write gave its row. A delete gives none, nor does a check, not even that which it found. */
export interface WriteResult {
  readonly version: Version | undefined;
}

export interface OperationOptions {
  /** Aborting before the store was asked has no effect; afterwards the error says what is known. */
  readonly signal?: AbortSignal;
}

/** The epoch of a fence that a writer owns. Fences belong to a store, and are told apart by their names. */
export interface Fence {
  readonly name: string;
  /** A whole number above 0, and below 2⁵³. */
  readonly epoch: number;
}

export interface WriteOptions extends OperationOptions {
  /**
   * The write is applied only if each of these fences stands at just this epoch, at the instant of the write. Only where
   * the manifest says `fencing`.
   */
  readonly fences?: readonly Fence[];
}

export interface QueryOptions extends OperationOptions {
  readonly filter?: Filter;
  /** Only these properties are returned; keys and versions always are. Filters see every property. */
  readonly select?: readonly string[];
}

export interface AtomicQueryOptions extends QueryOptions {
  /**
   * Answer however large that is, for a caller who has room for it all. Only where the manifest says `snapshotRead`; else
   * `TABLE_NOT_SUPPORTED`.
   */
  readonly whole?: boolean;
}

export interface RangeOptions extends OperationOptions {
  /** Start behind this key. It need not exist. */
  readonly after?: RowKey;
  /** End with this key, itself included. It need not exist. */
  readonly through?: RowKey;
}

export interface ScanOptions extends QueryOptions, RangeOptions {
  /** At most so many rows in the page; a store may give fewer. */
  readonly limit?: number;
  /** End the page once its rows hold about so many bytes; one row always fits. */
  readonly bytes?: number;
  /** Rows may be {@link import('./encoded-row.ts').EncodedRow}s: decoded when looked into, and not to be spread. */
  readonly lazy?: boolean;
}

/** A page of a scan. It may be short or empty; only the lack of a continuation means the end. */
export interface Page {
  readonly rows: readonly Row[];
  /** Pass as `after` to go on. */
  readonly continuation: RowKey | undefined;
}

/** A conditional write to a reserved table of the same store, committed with the rows of a load or not at all. */
export interface Mark {
  /** The reserved table, which must exist. */
  readonly table: string;
  readonly write: Change;
}

export interface LoadOptions extends WriteOptions {
  /** Only where the manifest says `load.marks`. A mark whose condition fails stops the whole load. */
  readonly marks?: readonly Mark[];
}

export interface LoadResult {
  /** One for each mark, in order. */
  readonly marks: readonly WriteResult[];
}

export interface KeySample {
  /** Keys that divide the rows into parts of about the same number of rows, ascending, none twice. */
  readonly keys: readonly RowKey[];
  /** How many rows there are in all, or undefined if the store cannot tell cheaply. */
  readonly rows: number | undefined;
}

/** How many rows a range has, and a hash of all that they hold. Two ranges are held for equal only if both agree. */
export interface RangeHash {
  readonly rows: number;
  /** 32 lower-case hexadecimal digits; all zero for a range without rows. */
  readonly hash: string;
}

export interface TableDescription {
  /** Where reserved names are in use, as phrases with an example: `row "FR"/"_changeover.meta"`; empty if nowhere. */
  readonly reservedNames: readonly string[];
  /**
   * Changes whenever anything in the table does; undefined if the store cannot tell. It may change for nothing. Hold two
   * against each other only if they are {@link import('./change-token.ts').comparableTokens}.
   */
  readonly changeToken: string | undefined;
  /** Whether the table has no row at all, reserved ones aside. */
  readonly empty: boolean;
}

/** Why a table cannot hold a row exactly as it is. */
export interface Problem {
  readonly property: string | undefined;
  /** A phrase that follows the name: `int64 9007199254740993 would be rounded`. */
  readonly reason: string;
}

/**
 * A table of keyed rows with typed properties: the contract that every store and every wrapper fulfils.
 *
 * Batches, point reads and atomic queries are linearizable. A scan yields every row that was present throughout it,
 * and each page may be read at its own instant. Absence is `undefined`; an outage is an error, never an absence.
 * Errors are {@link import('./errors.ts').TableError}s with a code and the effect of a failed write.
 */
export interface Table {
  readonly name: string;
  readonly manifest: Manifest;

  get(key: RowKey, options?: OperationOptions): Promise<Row | undefined>;

  /**
   * Applies writes to distinct rows of one partition, all or none.
   *
   * Throws `TABLE_ROW_EXISTS`, `TABLE_ROW_ABSENT` or `TABLE_VERSION_MISMATCH` with `details.index` of the first write
   * whose condition failed, and effect `none`; `TABLE_FENCED` with `details.fence`, `expected` and `actual` before all
   * of these.
   */
  write(batch: readonly Write[], options?: WriteOptions): Promise<readonly WriteResult[]>;

  /** Reads the matching rows of one partition at one instant, in order, or throws `TABLE_QUERY_TOO_LARGE`. */
  query(partitionKey: string, options?: AtomicQueryOptions): Promise<readonly Row[]>;

  /** Reads the next rows in contract order. */
  scan(options?: ScanOptions): Promise<Page>;

  /**
   * Upserts (replacing) rows of any partitions, for moves. Idempotent. Atomic, marks included, where the manifest says
   * so; elsewhere a failure may leave a part, and says effect `unknown`. Keys must be distinct. Throws `TABLE_FENCED`.
   */
  load(rows: readonly RowData[], options?: LoadOptions): Promise<LoadResult>;

  /**
   * About `parts - 1` keys that split the table, or a range of it, into parts of equal size. Costs at most one pass over
   * the keys.
   */
  sampleKeys(parts: number, options?: RangeOptions): Promise<KeySample>;

  /**
   * Hashes the rows of a range, so that stores that are unlike each other agree if, and practically only if, their rows
   * are equal to the bit. {@link import('./range-hash.ts').RangeHasher} defines the hash. Versions do not count.
   *
   * A long range may be read in parts, each at its own instant. Every table can do this; the manifest's `rangeHash`
   * says whether it is cheaper than reading the rows.
   */
  hashRange(options?: RangeOptions): Promise<RangeHash>;

  describe(options?: OperationOptions): Promise<TableDescription>;

  /** Why this table could not hold `row` bit for bit, or undefined if it could. Asks nobody. */
  problemOf(row: RowData): Problem | undefined;

  /** Ends this handle; later operations throw `TABLE_CLOSED`. Closing twice is fine. */
  close(): Promise<void>;
}

export interface OpenOptions extends OperationOptions {
  /** See and write reserved rows and properties, and open reserved tables. For Changeover itself. */
  readonly reserved?: boolean;
}

/** A place that holds tables: a database file, a server's schema, an account. */
export interface Store {
  /** The vendor, as in the URL's scheme. */
  readonly kind: string;
  /** For people; without secrets. */
  readonly location: string;
  /** The same for two URLs that name the same place: real paths, host and database; without credentials. */
  readonly identity: string;
  /** How an application's table is mapped, in canonical words; undefined where tables are of our own layout. */
  readonly mapping: string | undefined;
  /** Of the tables that {@link create} makes; what a caller can know before there is one. */
  readonly manifest: Manifest;

  /**
   * Why the tables that {@link create} makes could not hold `row` bit for bit. Only in stores whose manifest does not tell
   * all of it; asks nobody.
   */
  problemOf?(row: RowData): Problem | undefined;
  /** The names of the tables, sorted; reserved ones only if asked for. */
  list(options?: OpenOptions): Promise<readonly string[]>;
  /**
   * Throws `TABLE_ALREADY_EXISTS`, `TABLE_NAME_INVALID`, `TABLE_NAME_RESERVED`. A store of a mapped table cannot make
   * tables of an application (`TABLE_NOT_SUPPORTED`), but creates and opens reserved tables like any other store, so
   * that marks can be committed with its rows.
   */
  create(name: string, options?: OpenOptions): Promise<void>;
  /** Drops a table with all that is in it. False if there was none. */
  drop(name: string, options?: OpenOptions): Promise<boolean>;
  /**
   * Gives a table another name, at one instant: all that is in it, what is reserved too, is found under the new name, with
   * its versions, and nothing under the former one. A write beside it either goes along or fails. Only where the manifest
   * says `rename`. A store of a mapped table renames that table, and gives it its name back. What an application made that
   * would follow the table to its new name, such as a view, stops it (`TABLE_NOT_SUPPORTED`).
   *
   * Throws `TABLE_NOT_FOUND`, `TABLE_ALREADY_EXISTS` if the new name is taken, `TABLE_NAME_INVALID`, `TABLE_NAME_RESERVED`.
   * After the effect `unknown`, {@link list} tells.
   */
  rename(name: string, newName: string, options?: OpenOptions): Promise<void>;
  /** Throws `TABLE_NOT_FOUND`, or `TABLE_MAPPING_REQUIRED` for an application's table. */
  open(name: string, options?: OpenOptions): Promise<Table>;
  /** Ends every table of this store that is open, and the connection. */
  close(): Promise<void>;
}
