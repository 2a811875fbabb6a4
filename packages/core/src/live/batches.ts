import { type RowData, rowBytes, type Write } from '../table/index.ts';

/** Rows as batches that each are of one partition and within the limits of an atomic batch. */
export function* batchesOf(
  rows: readonly RowData[],
  limits: { readonly rows: number; readonly bytes: number },
): Generator<readonly Write[]> {
  let batch: Write[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = rowBytes(row);
    const full = batch.length === limits.rows || bytes + size > limits.bytes;
    if (batch.length > 0 && (full || batch[0]?.partitionKey !== row.partitionKey)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    const { partitionKey, rowKey, properties } = row;
    batch.push({ kind: 'upsertReplace', partitionKey, rowKey, properties });
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
