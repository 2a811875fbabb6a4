import { type Effect, isOperationalError } from '../std/index.ts';
import { TableError, type TableErrorCode } from './errors.ts';
import type { RowKey } from './key.ts';
import type { Manifest } from './manifest.ts';
import type {
  AtomicQueryOptions,
  KeySample,
  LoadOptions,
  LoadResult,
  OperationOptions,
  Page,
  Problem,
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

export type TableOperation =
  | 'get'
  | 'write'
  | 'query'
  | 'scan'
  | 'load'
  | 'sampleKeys'
  | 'hashRange'
  | 'describe';

/**
 * What goes wrong with one operation.
 *
 * | fault | the operation | a caller gets | effect it is told of a write |
 * |---|---|---|---|
 * | `lostRequest` | never happens | `TABLE_TIMEOUT` | unknown |
 * | `lostReply` | happens | `TABLE_TIMEOUT` | unknown |
 * | `throttled` | never happens | `TABLE_THROTTLED` | none |
 * | `unavailable` | never happens | `TABLE_UNAVAILABLE` | unknown |
 */
export type Fault = 'lostRequest' | 'lostReply' | 'throttled' | 'unavailable';

/** Decides, as each operation begins, what goes wrong with it; `index` counts the operations of the table from 0. */
export type FaultScript = (operation: TableOperation, index: number) => Fault | undefined;

/** Any table, with faults where a script says so. The same script gives the same faults each time. */
export class FaultyTable implements Table {
  readonly name: string;
  readonly manifest: Manifest;
  readonly #inner: Table;
  readonly #script: FaultScript;
  #index = 0;

  constructor(inner: Table, script: FaultScript) {
    this.name = inner.name;
    this.manifest = inner.manifest;
    this.#inner = inner;
    this.#script = script;
  }

  get(key: RowKey, options?: OperationOptions): Promise<Row | undefined> {
    return this.#run('get', () => this.#inner.get(key, options));
  }

  write(batch: readonly Write[], options?: WriteOptions): Promise<readonly WriteResult[]> {
    return this.#run('write', () => this.#inner.write(batch, options));
  }

  query(partitionKey: string, options?: AtomicQueryOptions): Promise<readonly Row[]> {
    return this.#run('query', () => this.#inner.query(partitionKey, options));
  }

  scan(options?: ScanOptions): Promise<Page> {
    return this.#run('scan', () => this.#inner.scan(options));
  }

  load(rows: readonly RowData[], options?: LoadOptions): Promise<LoadResult> {
    return this.#run('load', () => this.#inner.load(rows, options));
  }

  sampleKeys(parts: number, options?: RangeOptions): Promise<KeySample> {
    return this.#run('sampleKeys', () => this.#inner.sampleKeys(parts, options));
  }

  hashRange(options?: RangeOptions): Promise<RangeHash> {
    return this.#run('hashRange', () => this.#inner.hashRange(options));
  }

  describe(options?: OperationOptions): Promise<TableDescription> {
    return this.#run('describe', () => this.#inner.describe(options));
  }

  problemOf(row: RowData): Problem | undefined {
    return this.#inner.problemOf(row);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #run<T>(operation: TableOperation, work: () => Promise<T>): Promise<T> {
    const fault = this.#script(operation, this.#index);
    this.#index += 1;
    if (!fault) return work();
    if (fault === 'lostReply') await withoutReply(work());
    throw faultError(fault, operation);
  }
}

/** A refusal is lost like any other reply; a defect is not the store's to lose. */
async function withoutReply(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isOperationalError(error)) throw error;
  }
}

const SYMPTOMS: Readonly<Record<Fault, { code: TableErrorCode; effect: Effect; message: string }>> = {
  lostRequest: { code: 'TABLE_TIMEOUT', effect: 'unknown', message: 'no answer came in time' },
  lostReply: { code: 'TABLE_TIMEOUT', effect: 'unknown', message: 'no answer came in time' },
  throttled: { code: 'TABLE_THROTTLED', effect: 'none', message: 'the store is busy' },
  unavailable: { code: 'TABLE_UNAVAILABLE', effect: 'unknown', message: 'the store cannot be reached' },
};

function faultError(fault: Fault, operation: TableOperation): TableError {
  const { code, effect, message } = SYMPTOMS[fault];
  const writes = operation === 'write' || operation === 'load';
  return new TableError(code, `${operation}: ${message}`, { effect: writes ? effect : 'none' });
}
