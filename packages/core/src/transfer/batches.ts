import { type RowData, roughBytes } from '../table/index.ts';

export interface BatchLimits {
  readonly rows: number;
  readonly bytes: number;
}

export interface Batch<R extends RowData> {
  readonly rows: readonly R[];
  readonly bytes: number;
}

/** Cuts rows, in order, into batches within the limits. A row that is over the limit by itself is a batch alone. */
export function batchesOf<R extends RowData>(rows: readonly R[], limits: BatchLimits): readonly Batch<R>[] {
  const batches: Batch<R>[] = [];
  let start = 0;
  let bytes = 0;
  rows.forEach((row, index) => {
    const size = roughBytes(row);
    const count = index - start;
    if (count > 0 && (count >= limits.rows || bytes + size > limits.bytes)) {
      batches.push({ rows: rows.slice(start, index), bytes });
      start = index;
      bytes = 0;
    }
    bytes += size;
  });
  if (start < rows.length) batches.push({ rows: start === 0 ? rows : rows.slice(start), bytes });
  return batches;
}
