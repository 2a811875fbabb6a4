import { compareText, type OperationOptions, type Page, type RowKey, type Table } from '../table/index.ts';
import type { Sides } from './side.ts';

/** Partitions by their keys, in the order of the contract; both ends are included, and all if neither is given. */
export interface PartitionRange {
  readonly from?: string;
  readonly through?: string;
}

/** The keys of all partitions that have a row, ours included, on either side; a partition may come twice. */
export async function* partitionsOf(
  sides: Sides,
  options: OperationOptions & PartitionRange = {},
): AsyncGenerator<string> {
  yield* partitionsIn(sides.source, options);
  yield* partitionsIn(sides.target, options);
}

/** The keys of the partitions of one side, in their order, each once. */
export async function* partitionsIn(
  table: Table,
  { from, through, ...ask }: OperationOptions & PartitionRange,
): AsyncGenerator<string> {
  const first = from === undefined ? undefined : { partitionKey: from, rowKey: '' };
  // A scan begins behind a key, and no key is before the empty one.
  if (first && (await table.get(first, ask))) yield first.partitionKey;
  let last: string | undefined;
  let after: RowKey | undefined = first;
  do {
    const page: Page = await table.scan({ ...ask, select: [], ...(after ? { after } : {}) });
    for (const { partitionKey } of page.rows) {
      if (through !== undefined && compareText(partitionKey, through) > 0) return;
      if (partitionKey !== last) yield partitionKey;
      last = partitionKey;
    }
    after = page.continuation;
  } while (after);
}
