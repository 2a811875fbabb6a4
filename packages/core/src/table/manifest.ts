import type { ValueType } from './value.ts';

/** What one table of a store can do, as data. Sizes are in bytes; `Infinity` means no limit of the store's own. */
export interface Manifest {
  /** The store's name as in the support table: `memory`, `sqlite`. */
  readonly store: string;
  /** `own`: a table of our layout; `mapped`: an application's table, whose columns are fixed. */
  readonly layout: 'own' | 'mapped';
  /** True if this handle refuses every write with `TABLE_READ_ONLY`. */
  readonly readOnly: boolean;
  /** The largest batch that is applied as a whole or not at all. */
  readonly atomicBatch: { readonly rows: number; readonly bytes: number };
  /**
   * Whether a batch of several writes may delete a row that need not be there. Elsewhere a delete without a condition is
   * refused beside other writes (`TABLE_NOT_SUPPORTED`), and alone is as good as anywhere.
   */
  readonly deletesAbsent: boolean;
  /** The largest answer that an atomic query gives; beyond it is `TABLE_QUERY_TOO_LARGE`. */
  readonly atomicQuery: { readonly rows: number; readonly bytes: number };
  /** The order that the store itself scans in. Scans come in contract order whatever it is. */
  readonly scan: { readonly pageRows: number; readonly nativeOrder: 'utf8' | 'utf16' };
  /** Bulk upserts: whether one load commits as a whole, and whether marks of a reserved table commit with it. */
  readonly load: {
    readonly rows: number;
    readonly bytes: number;
    readonly atomic: boolean;
    readonly marks: boolean;
  };
  /** Which part of a filter the store evaluates itself; the rest is evaluated in memory, with the same answer. */
  readonly filterPushDown: 'all' | 'some' | 'keys' | 'none';
  /** Where versions come from, and whether a key can ever see one again after it changed. */
  readonly version: {
    readonly kind: 'counter' | 'column' | 'server' | 'content';
    readonly neverReused: boolean;
  };
  /** How long a request may still take effect after its caller gave up on it; 0 if it cannot. */
  readonly requestLifetimeMs: number;
  /** Whether batches and loads take {@link import('./table.ts').WriteOptions.fences}, checked in their own atomic step. */
  readonly fencing: boolean;
  /** Whether a batch may {@link import('./table.ts').Check} a row that it does not write. */
  readonly check: boolean;
  /** Whether the store gives its tables other names: {@link import('./table.ts').Store.rename}. */
  readonly rename: boolean;
  /** Where reserved rows live. */
  readonly reservedRows: 'inline' | 'sidecar' | 'none';
  /**
   * Whether the store itself hashes a range, so that comparing needs not read its rows. Where this is false,
   * {@link import('./table.ts').Table.hashRange} costs at least as much as a scan.
   */
  readonly rangeHash: boolean;
  /**
   * Whether an atomic query can be asked to give a partition {@link import('./table.ts').AtomicQueryOptions.whole}, beyond
   * the limits of `atomicQuery`.
   */
  readonly snapshotRead: boolean;
  readonly changeFeed: boolean;
  readonly ttl: boolean;
  readonly limits: {
    readonly keyBytes: number;
    readonly rowBytes: number;
    readonly properties: number;
    readonly propertyNameBytes: number;
  };
  /** The types that the store keeps bit for bit. Within a type, {@link import('./table.ts').Table.problemOf} decides. */
  readonly valueTypes: readonly ValueType[];
  /** The columns that a mapped table has beside its keys; undefined if any property name will do. */
  readonly columns: readonly Column[] | undefined;
}

export interface Column {
  readonly name: string;
  /** The contract type of what the column holds by its declaration; undefined if each value says for itself. */
  readonly type: ValueType | undefined;
  readonly required: boolean;
}
