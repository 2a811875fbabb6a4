import { refusal, TableError } from './errors.ts';
import { compareText, isWellFormed } from './key.ts';
import type { Manifest } from './manifest.ts';
import { MemoryPlace, MemoryRows } from './memory-place.ts';
import { MemoryTable } from './memory-table.ts';
import { isReservedTable } from './reserved.ts';
import type { OpenOptions, Store } from './table.ts';
import { VALUE_TYPES } from './value.ts';

export interface MemoryStoreOptions {
  /** Tells one memory store from another: stores of one name claim to be the same place. */
  readonly name?: string;
  /** Narrows what the tables can do, so that memory can stand in for a lesser store. */
  readonly manifest?: Partial<Manifest>;
}

/** Tables in this process's memory: the reference that other stores are held against. */
export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly location: string;
  readonly identity: string;
  readonly mapping = undefined;
  readonly manifest: Manifest;
  readonly #place: MemoryPlace;
  readonly #open = new Set<MemoryTable>();
  #closed = false;

  /** Stores that are given one place have the same tables. */
  constructor(options: MemoryStoreOptions = {}, place: MemoryPlace = new MemoryPlace()) {
    this.location = options.name ?? 'memory';
    this.identity = `memory:${this.location}`;
    this.manifest = { ...UNLIMITED, ...options.manifest };
    this.#place = place;
  }

  async list(options: OpenOptions = {}): Promise<readonly string[]> {
    this.#checkReady(options);
    const names = [...this.#place.tables.keys()];
    return names.filter((name) => options.reserved || !isReservedTable(name)).toSorted(compareText);
  }

  async create(name: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    this.#checkWritable();
    checkName(name, options);
    this.#checkFree(name);
    this.#place.tables.set(name, new MemoryRows(this.#place.nextVersion()));
  }

  async drop(name: string, options: OpenOptions = {}): Promise<boolean> {
    this.#checkReady(options);
    this.#checkWritable();
    checkName(name, options);
    return this.#place.tables.delete(name);
  }

  async rename(name: string, newName: string, options: OpenOptions = {}): Promise<void> {
    this.#checkReady(options);
    this.#checkWritable();
    if (!this.manifest.rename) throw refusal('TABLE_NOT_SUPPORTED', `${this.location} renames no tables`);
    checkName(name, options);
    checkName(newName, options);
    const rows = this.#place.rowsOf(name);
    this.#checkFree(newName);
    this.#place.tables.delete(name);
    this.#place.tables.set(newName, rows);
  }

  async open(name: string, options: OpenOptions = {}): Promise<MemoryTable> {
    this.#checkReady(options);
    checkName(name, options);
    this.#place.rowsOf(name);
    // What is ours has no columns of an application's, wherever it lies.
    const manifest = isReservedTable(name)
      ? ({ ...this.manifest, layout: 'own', columns: undefined } as const)
      : this.manifest;
    const table = new MemoryTable(name, this.#place, manifest, options, (closed) => {
      this.#open.delete(closed);
    });
    this.#open.add(table);
    return table;
  }

  /** The same tables, but no handle opened here can write. */
  readOnlyView(): MemoryStore {
    return new MemoryStore(
      { name: this.location, manifest: { ...this.manifest, readOnly: true } },
      this.#place,
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((table) => table.close()));
  }

  #checkReady({ signal }: OpenOptions): void {
    if (this.#closed) throw refusal('TABLE_CLOSED', `the store ${this.location} is closed`);
    if (signal?.aborted) {
      throw new TableError('TABLE_ABORTED', 'aborted before it began', {
        effect: 'none',
        cause: signal.reason,
      });
    }
  }

  #checkFree(name: string): void {
    if (!this.#place.tables.has(name)) return;
    throw refusal('TABLE_ALREADY_EXISTS', `there is a table ${JSON.stringify(name)} already`);
  }

  #checkWritable(): void {
    if (!this.manifest.readOnly) return;
    throw refusal('TABLE_READ_ONLY', `the store ${this.location} is open for reading only`);
  }
}

const UNLIMITED: Manifest = {
  store: 'memory',
  layout: 'own',
  readOnly: false,
  atomicBatch: { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  deletesAbsent: true,
  atomicQuery: { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  scan: { pageRows: 1000, nativeOrder: 'utf8' },
  load: { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY, atomic: true, marks: true },
  filterPushDown: 'all',
  version: { kind: 'counter', neverReused: true },
  requestLifetimeMs: 0,
  fencing: true,
  check: true,
  rename: true,
  reservedRows: 'inline',
  rangeHash: false,
  snapshotRead: true,
  changeFeed: false,
  ttl: false,
  limits: {
    keyBytes: Number.POSITIVE_INFINITY,
    rowBytes: Number.POSITIVE_INFINITY,
    properties: Number.POSITIVE_INFINITY,
    propertyNameBytes: Number.POSITIVE_INFINITY,
  },
  valueTypes: VALUE_TYPES,
  columns: undefined,
};

function checkName(name: string, { reserved }: OpenOptions): void {
  if (name === '' || !isWellFormed(name)) {
    throw refusal(
      'TABLE_NAME_INVALID',
      `${JSON.stringify(name)} is no table name: it is empty or not well-formed`,
    );
  }
  if (!reserved && isReservedTable(name)) {
    throw refusal('TABLE_NAME_RESERVED', `the table name ${JSON.stringify(name)} is reserved for Changeover`);
  }
}
