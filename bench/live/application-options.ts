import type { Properties, RowKey } from 'changeover/table';

export interface ApplicationOptions {
  /** Of the table, and of its migration. */
  readonly name: string;
  readonly source: string;
  /** The URL of the control store; the source is used as it is if not given. */
  readonly control?: string;
  readonly rows: number;
  readonly perSecond: number;
}

export type Told = 'end' | { readonly stretch: string };

export interface Measure {
  readonly stretch: string;
  readonly operations: number;
  /** The 50th, 99th and 99.9th of a hundred, and the longest, in milliseconds. */
  readonly ms: readonly [number, number, number, number];
}

const ROWS_IN_PARTITION = 500;

export function keyAt(row: number): RowKey {
  const padded = (value: number) => String(value).padStart(6, '0');
  return { partitionKey: `p${padded(Math.floor(row / ROWS_IN_PARTITION))}`, rowKey: `r${padded(row)}` };
}

/** About 110 bytes. */
export function propertiesAt(row: number): Properties {
  return {
    name: { type: 'string', value: `Row number ${row}, and what else there is to say of it`.padEnd(90) },
  };
}
