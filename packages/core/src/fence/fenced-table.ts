import {
  type AtomicQueryOptions,
  checkFence,
  type Fence,
  type KeySample,
  type LoadOptions,
  type LoadResult,
  type Manifest,
  type OperationOptions,
  type Page,
  type Problem,
  type RangeHash,
  type RangeOptions,
  type Row,
  type RowData,
  type RowKey,
  refusal,
  type ScanOptions,
  type Table,
  type TableDescription,
  type Write,
  type WriteOptions,
  type WriteResult,
} from '../table/index.ts';

/**
 * A table whose every write is of one epoch, beside what other fences the caller names. Reads are as ever: of a process
 * whose epoch has passed they still tell the truth.
 */
export class FencedTable implements Table {
  readonly name: string;
  readonly manifest: Manifest;
  readonly #inner: Table;
  readonly #fence: Fence;

  /** Throws `TABLE_NOT_SUPPORTED` if the table cannot check fences. */
  constructor(inner: Table, fence: Fence) {
    checkFence(fence);
    if (!inner.manifest.fencing) {
      throw refusal('TABLE_NOT_SUPPORTED', `the store ${inner.manifest.store} cannot check fences`);
    }
    this.name = inner.name;
    this.manifest = inner.manifest;
    this.#inner = inner;
    this.#fence = { name: fence.name, epoch: fence.epoch };
  }

  write(batch: readonly Write[], options: WriteOptions = {}): Promise<readonly WriteResult[]> {
    return this.#inner.write(batch, this.#fenced(options));
  }

  load(rows: readonly RowData[], options: LoadOptions = {}): Promise<LoadResult> {
    return this.#inner.load(rows, this.#fenced(options));
  }

  get(key: RowKey, options?: OperationOptions): Promise<Row | undefined> {
    return this.#inner.get(key, options);
  }

  query(partitionKey: string, options?: AtomicQueryOptions): Promise<readonly Row[]> {
    return this.#inner.query(partitionKey, options);
  }

  scan(options?: ScanOptions): Promise<Page> {
    return this.#inner.scan(options);
  }

  sampleKeys(parts: number, options?: RangeOptions): Promise<KeySample> {
    return this.#inner.sampleKeys(parts, options);
  }

  hashRange(options?: RangeOptions): Promise<RangeHash> {
    return this.#inner.hashRange(options);
  }

  describe(options?: OperationOptions): Promise<TableDescription> {
    return this.#inner.describe(options);
  }

  problemOf(row: RowData): Problem | undefined {
    return this.#inner.problemOf(row);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #fenced<T extends WriteOptions>(options: T): T {
    return { ...options, fences: [this.#fence, ...(options.fences ?? [])] };
  }
}
