import type { OperationOptions, Table } from '../table/index.ts';
import { isMeta, META_PROPERTIES, metaKey, metaOf } from './meta.ts';
import { listPartitions, type PartitionRange } from './partitions.ts';

/** The epoch that a side knows of a partition; 0 if it has no meta of it. */
export interface PartitionEpoch {
  readonly partitionKey: string;
  readonly epoch: number;
}

/**
 * The partitions of one side, in order, with their epochs. Metas come with the pages that partitions are listed by; only that
 * of a partition which a page does not hold as a whole may have to be asked for.
 */
export async function* partitionEpochs(
  table: Table,
  options: OperationOptions & PartitionRange,
): AsyncGenerator<PartitionEpoch> {
  const { from: _, through: __, ...ask } = options;
  const listing = listPartitions(table, { ...options, select: META_PROPERTIES });
  for await (const { partitionKey, rows, whole } of listing) {
    const seen = rows.find(isMeta);
    const meta = seen || whole ? seen : await table.get(metaKey(partitionKey), ask);
    yield { partitionKey, epoch: meta ? metaOf(meta).epoch : 0 };
  }
}
