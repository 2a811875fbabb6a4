import { EncodedRow, encodedProperties, roughBytes } from './encoded-row.ts';
import { refusal, TableError } from './errors.ts';
import { checkFence } from './fence.ts';
import { checkFilter, propertiesOf } from './filter.ts';
import { checkKeyText, formatKey, isWellFormed, keyOf, type RowKey } from './key.ts';
import type { Manifest } from './manifest.ts';
import { RangeHasher } from './range-hash.ts';
import { isReservedProperty, isReservedRow, RESERVED_PROPERTY_PREFIX } from './reserved.ts';
import { rowBytes, textBytes } from './size.ts';
import type {
  AtomicQueryOptions,
  KeySample,
  LoadOptions,
  LoadResult,
  OpenOptions,
  OperationOptions,
  Page,
  Problem,
  QueryOptions,
  RangeHash,
  RangeOptions,
  Row,
  RowData,
  ScanOptions,
  Table,
  TableDescription,
  Write,
  WriteOptions,
  WriteResult,
} from './table.ts';
import { type Properties, problemOfValue, type Value } from './value.ts';
import { hasProperties, isChange } from './write-kinds.ts';

/** What a page holds of a range that is hashed by reading it. */
const HASHED_BYTES = 4 * 1024 * 1024;
const UNLIMITED = { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };

/**
 * What every table does alike: validates its input, keeps reserved names apart, and refuses work once closed or
 * aborted. A store implements the methods with an underscore, which get checked input only, and may rely on it.
 *
 * A store must hide reserved rows and properties itself while {@link seesReserved} is false: it knows where they live.
 */
export abstract class AbstractTable implements Table {
  readonly name: string;
  abstract readonly manifest: Manifest;
  /** True for Changeover's own handles, which see and write reserved rows and properties. */
  protected readonly seesReserved: boolean;
  /**
   * True in a table that stores the canonical encoding and has no limits of its own: what another such table gave out
   * already encoded has passed every check there is.
   */
  protected readonly storesEncoding: boolean = false;
  #closed = false;

  constructor(name: string, options: OpenOptions = {}) {
    this.name = name;
    this.seesReserved = options.reserved === true;
  }

  protected abstract _get(key: RowKey, options: OperationOptions): Promise<Row | undefined>;
  protected abstract _write(batch: readonly Write[], options: WriteOptions): Promise<readonly WriteResult[]>;
  protected abstract _query(partitionKey: string, options: AtomicQueryOptions): Promise<readonly Row[]>;
  /** `limit` is always given, and at most `manifest.scan.pageRows`. */
  protected abstract _scan(options: ScanOptions & { readonly limit: number }): Promise<Page>;
  protected abstract _load(rows: readonly RowData[], options: LoadOptions): Promise<LoadResult>;
  protected abstract _sampleKeys(parts: number, options: RangeOptions): Promise<KeySample>;
  protected abstract _describe(options: OperationOptions): Promise<TableDescription>;
  protected abstract _close(): Promise<void>;
  /** Reads the rows; a store that has a cheaper way overrides it. */
  protected async _hashRange(options: RangeOptions): Promise<RangeHash> {
    const hasher = new RangeHasher();
    let position: RangeOptions | undefined = options;
    while (position) {
      const { rows, continuation }: Page = await this.scan({ ...position, bytes: HASHED_BYTES, lazy: true });
      for (const row of rows) hasher.add(row, encodedProperties(row));
      position = continuation && { ...options, after: continuation };
    }
    return hasher.result();
  }
  /** How large an answer may be. */
  protected answerLimits({ whole }: AtomicQueryOptions): Manifest['atomicQuery'] {
    return whole ? UNLIMITED : this.manifest.atomicQuery;
  }
  /** Why the store could not hold a row whose shape, types and sizes are within the manifest. */
  protected _problemOf(_row: RowData): Problem | undefined {
    return undefined;
  }

  async get(key: RowKey, options: OperationOptions = {}): Promise<Row | undefined> {
    this.#checkReady(options);
    checkKey(key);
    if (!this.seesReserved && isReservedRow(key.rowKey)) return undefined;
    return this._get(key, options);
  }

  async write(batch: readonly Write[], options: WriteOptions = {}): Promise<readonly WriteResult[]> {
    this.#checkReady(options);
    this.#checkFences(options);
    this.#checkBatch(batch);
    return this._write(batch, options);
  }

  async query(partitionKey: string, options: AtomicQueryOptions = {}): Promise<readonly Row[]> {
    this.#checkReady(options);
    if (options.whole && !this.manifest.snapshotRead) {
      throw refusal(
        'TABLE_NOT_SUPPORTED',
        `the store ${this.manifest.store} gives no answers beyond its limits`,
      );
    }
    checkKeyText('partition key', partitionKey);
    this.#checkNames(options);
    return this._query(partitionKey, options);
  }

  async scan(options: ScanOptions = {}): Promise<Page> {
    this.#checkReady(options);
    checkRange(options);
    checkPositive('limit', options.limit);
    checkPositive('bytes', options.bytes);
    this.#checkNames(options);
    const limit = Math.min(options.limit ?? Number.POSITIVE_INFINITY, this.manifest.scan.pageRows);
    return this._scan({ ...options, limit });
  }

  async load(rows: readonly RowData[], options: LoadOptions = {}): Promise<LoadResult> {
    this.#checkReady(options);
    this.#checkWritable();
    this.#checkFences(options);
    this.#checkLoad(rows, options);
    if (rows.length === 0 && !options.marks?.length) return { marks: [] };
    return this._load(rows, options);
  }

  async sampleKeys(parts: number, options: RangeOptions = {}): Promise<KeySample> {
    this.#checkReady(options);
    checkRange(options);
    checkPositive('parts', parts);
    return this._sampleKeys(parts, options);
  }

  async hashRange(options: RangeOptions = {}): Promise<RangeHash> {
    this.#checkReady(options);
    checkRange(options);
    return this._hashRange(options);
  }

  async describe(options: OperationOptions = {}): Promise<TableDescription> {
    this.#checkReady(options);
    return this._describe(options);
  }

  problemOf(row: RowData): Problem | undefined {
    return problemWithin(this.manifest, row) ?? this._problemOf(row);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this._close();
  }

  #checkReady({ signal }: OperationOptions): void {
    if (this.#closed) throw refusal('TABLE_CLOSED', `table ${JSON.stringify(this.name)} is closed`);
    if (signal?.aborted) {
      throw new TableError('TABLE_ABORTED', 'the operation was aborted before it began', {
        effect: 'none',
        cause: signal.reason,
      });
    }
  }

  #checkWritable(): void {
    if (this.manifest.readOnly) {
      throw refusal('TABLE_READ_ONLY', `table ${JSON.stringify(this.name)} is open for reading only`);
    }
  }

  #checkFences({ fences }: WriteOptions): void {
    if (!fences?.length) return;
    if (!this.manifest.fencing) {
      throw refusal('TABLE_NOT_SUPPORTED', `the store ${this.manifest.store} cannot check fences`);
    }
    for (const fence of fences) checkFence(fence);
  }

  #checkBatch(batch: readonly Write[]): void {
    this.#checkWritable();
    const first = batch[0];
    if (!first) throw refusal('TABLE_BATCH_INVALID', 'a batch needs at least one write');
    if (!this.manifest.check && !batch.every(isChange)) {
      const message = `the store ${this.manifest.store} cannot check a row in a batch that does not write it`;
      throw refusal('TABLE_NOT_SUPPORTED', message);
    }
    if (!batch.some(isChange)) {
      throw refusal('TABLE_BATCH_INVALID', 'a batch needs a write that is more than a check');
    }
    const seen = new Set<string>();
    let bytes = 0;
    batch.forEach((write, index) => {
      checkKey(write);
      if (write.partitionKey !== first.partitionKey) {
        throw refusal('TABLE_BATCH_INVALID', `write ${index} is of another partition than write 0`, {
          index,
        });
      }
      if (seen.has(write.rowKey)) {
        throw refusal('TABLE_BATCH_INVALID', `write ${index} repeats the row ${formatKey(write)}`, { index });
      }
      seen.add(write.rowKey);
      checkCondition(write, index);
      this.#checkDelete(write, index, batch.length);
      this.#checkReservedRow(write);
      if (hasProperties(write)) this.#checkRow(write, index);
      bytes += hasProperties(write) ? rowBytes(write) : textBytes(write.rowKey);
    });
    const { rows: rowsMax, bytes: bytesMax } = this.manifest.atomicBatch;
    checkWithin('a batch', batch.length, bytes, rowsMax, bytesMax);
  }

  #checkDelete(write: Write, index: number, writes: number): void {
    if (this.manifest.deletesAbsent || writes === 1) return;
    if (write.kind !== 'delete' || write.condition !== undefined) return;
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `write ${index} deletes ${formatKey(write)} whether or not it is there, which the store ${this.manifest.store} cannot do together with other writes`,
      { index, key: keyOf(write) },
      'Give the delete a condition, such as *, or send it alone.',
    );
  }

  #checkLoad(rows: readonly RowData[], { marks }: LoadOptions): void {
    if (marks?.length && !this.manifest.load.marks) {
      throw refusal(
        'TABLE_NOT_SUPPORTED',
        `the store ${this.manifest.store} cannot commit marks with a load`,
      );
    }
    let bytes = 0;
    rows.forEach((row, index) => {
      checkKey(row);
      this.#checkReservedRow(row);
      this.#checkRow(row, index);
      bytes += roughBytes(row);
    });
    checkWithin('a load', rows.length, bytes, this.manifest.load.rows, this.manifest.load.bytes);
  }

  #checkReservedRow(key: RowKey): void {
    if (!this.seesReserved && isReservedRow(key.rowKey)) {
      throw refusal('TABLE_NAME_RESERVED', `the row key of ${formatKey(key)} is reserved for Changeover`);
    }
  }

  #checkRow(row: RowData, index: number): void {
    const encoded = this.storesEncoding && row instanceof EncodedRow ? row.encoded : undefined;
    const problem = encoded === undefined ? this.problemOf(row) : undefined;
    if (problem) throw problemError(row, problem, index);
    if (this.seesReserved) return;
    // Only a text that might name a reserved property is worth decoding.
    if (encoded?.includes(RESERVED_PROPERTY_PREFIX) === false) return;
    const reserved = Object.keys(row.properties).find(isReservedProperty);
    if (reserved !== undefined) {
      throw refusal('TABLE_NAME_RESERVED', `the property name ${reserved} is reserved for Changeover`, {
        index,
      });
    }
  }

  #checkNames({ filter, select }: QueryOptions): void {
    if (filter) checkFilter(filter);
    if (!filter || this.seesReserved) {
      if (!select || this.seesReserved) return;
    }
    for (const name of [...(filter ? propertiesOf(filter) : []), ...(select ?? [])]) {
      if (isReservedProperty(name)) {
        throw refusal('TABLE_NAME_RESERVED', `the property name ${name} is reserved for Changeover`);
      }
    }
  }
}

interface ShapeProblem extends Problem {
  readonly code: 'TABLE_NAME_INVALID' | 'TABLE_VALUE_INVALID' | 'TABLE_VALUE_UNSUPPORTED' | 'TABLE_TOO_LARGE';
}

/** Why a table with this manifest could not hold `row`, as far as shape, types and sizes go. */
export function problemWithin(
  { store, limits, valueTypes }: Manifest,
  row: RowData,
): ShapeProblem | undefined {
  const names = Object.keys(row.properties);
  for (const name of names) {
    const problem = problemOfName(name, limits.propertyNameBytes);
    if (problem) return { property: name, code: 'TABLE_NAME_INVALID', reason: problem };
    const value = row.properties[name] as Value;
    const reason = problemOfValue(value);
    if (reason) return { property: name, code: 'TABLE_VALUE_INVALID', reason };
    if (!valueTypes.includes(value.type)) {
      const unsupported = `has the type ${value.type}, which the store ${store} does not have`;
      return { property: name, code: 'TABLE_VALUE_UNSUPPORTED', reason: unsupported };
    }
  }
  return problemOfSize(row, names.length, limits);
}

function problemOfName(name: string, bytesMax: number): string | undefined {
  if (name === '') return 'has an empty name';
  if (name === '__proto__') return 'has a name that JavaScript objects cannot hold';
  if (!isWellFormed(name)) return 'has a name that is not well-formed Unicode';
  return textBytes(name) > bytesMax ? `has a name longer than ${bytesMax} bytes` : undefined;
}

function problemOfSize(row: RowData, names: number, limits: Manifest['limits']): ShapeProblem | undefined {
  const tooLarge = (reason: string): ShapeProblem => ({
    property: undefined,
    code: 'TABLE_TOO_LARGE',
    reason,
  });
  if (names > limits.properties)
    return tooLarge(`has ${names} properties; the store takes ${limits.properties}`);
  for (const key of [row.partitionKey, row.rowKey]) {
    if (textBytes(key) > limits.keyBytes) return tooLarge(`has a key of more than ${limits.keyBytes} bytes`);
  }
  const bytes = limits.rowBytes === Number.POSITIVE_INFINITY ? 0 : rowBytes(row);
  return bytes > limits.rowBytes
    ? tooLarge(`has ${bytes} bytes; the store takes ${limits.rowBytes}`)
    : undefined;
}

function problemError(row: RowData, problem: Problem, index: number): TableError {
  const code = 'code' in problem ? (problem as ShapeProblem).code : 'TABLE_VALUE_UNSUPPORTED';
  const subject = problem.property === undefined ? 'the row' : `property ${JSON.stringify(problem.property)}`;
  return refusal(code, `row ${formatKey(row)}: ${subject} ${problem.reason}`, {
    index,
    key: { partitionKey: row.partitionKey, rowKey: row.rowKey },
    property: problem.property,
  });
}

function checkKey(key: RowKey): void {
  checkKeyText('partition key', key.partitionKey);
  checkKeyText('row key', key.rowKey);
}

function checkRange({ after, through }: RangeOptions): void {
  if (after) checkKey(after);
  if (through) checkKey(through);
}

function checkCondition(write: Write, index: number): void {
  if (write.kind === 'replace' || write.kind === 'merge' || write.kind === 'check') {
    if (typeof write.condition === 'string' && write.condition !== '') return;
    throw refusal('TABLE_BATCH_INVALID', `write ${index} needs a condition: a version, or "*"`, { index });
  }
}

function checkPositive(name: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
    throw refusal('TABLE_OPTION_INVALID', `${name} must be a whole number above 0, not ${value}`, {
      option: name,
    });
  }
}

function checkWithin(what: string, rows: number, bytes: number, rowsMax: number, bytesMax: number): void {
  if (rows > rowsMax)
    throw refusal('TABLE_TOO_LARGE', `${what} of ${rows} rows exceeds the store's ${rowsMax}`);
  if (bytes > bytesMax)
    throw refusal('TABLE_TOO_LARGE', `${what} of ${bytes} bytes exceeds the store's ${bytesMax}`);
}

/** A row with only the selected properties; all of them if `select` is undefined. */
export function project(properties: Properties, select: readonly string[] | undefined): Properties {
  if (!select) return properties;
  const selected: Record<string, Value> = {};
  for (const name of select) {
    const value = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (value) selected[name] = value;
  }
  return selected;
}
