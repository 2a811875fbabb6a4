import type { TableOperation } from '../faulty-table.ts';
import type { OperationOptions, Table } from '../table.ts';
import { key, row } from './support.ts';

/** One harmless call of each operation, for claims that hold of every one of them. */
export interface OperationSample {
  readonly name: TableOperation;
  readonly writes: boolean;
  run(table: Table, options?: OperationOptions): Promise<unknown>;
}

/** What the writing samples leave in a table that was empty. */
export const SAMPLE_ROW = row('p', 'sample', { text: 'written' });

export const OPERATIONS: readonly OperationSample[] = [
  { name: 'get', writes: false, run: (table, options) => table.get(key('p', 'r'), options) },
  { name: 'query', writes: false, run: (table, options) => table.query('p', options) },
  { name: 'scan', writes: false, run: (table, options) => table.scan(options) },
  { name: 'sampleKeys', writes: false, run: (table, options) => table.sampleKeys(4, options) },
  { name: 'hashRange', writes: false, run: (table, options) => table.hashRange(options) },
  { name: 'describe', writes: false, run: (table, options) => table.describe(options) },
  {
    name: 'write',
    writes: true,
    run: (table, options) => table.write([{ ...SAMPLE_ROW, kind: 'upsertReplace' }], options),
  },
  { name: 'load', writes: true, run: (table, options) => table.load([SAMPLE_ROW], options) },
];

export const READS = OPERATIONS.filter(({ writes }) => !writes);
export const WRITES = OPERATIONS.filter(({ writes }) => writes);
