import { compareText, type OperationOptions, type Page, type RowKey, type Table } from '../table/index.ts';
import type { Sides } from './side.ts';

/** Partitions by their keys, in the order of the contract; both ends are included, and all if neither is given. */
export interface PartitionRange {
  readonly from?: string;
  readonly through?: string;
}

/**
 * The keys of all partitions that have a row, ours included, on either side; a partition may come twice. Costs a request for
 * each page of rows, and of a partition that is longer than a page only the first one.
 */
export async function* partitionsOf(
  sides: Sides,
  options: OperationOptions & PartitionRange = {},
): AsyncGenerator<string> {
  yield* partitionsIn(sides.source, options);
  yield* partitionsIn(sides.target, options);
}

async function* partitionsIn(
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
    after = page.continuation && farther(page.continuation, last);
  } while (after);
}

/**
 * The last code point there is, which Unicode keeps free of meaning. A row key that begins with it all the same costs the
 * time to read it, and nothing else: to skip rows of a partition that is listed is right from any key on.
 */
const HIGH = '\u{10FFFF}';

/** Where to go on behind a page: not within the partition that was listed last. */
function farther(continuation: RowKey, listed: string | undefined): RowKey {
  const { partitionKey, rowKey } = continuation;
  return partitionKey === listed && compareText(rowKey, HIGH) < 0
    ? { partitionKey, rowKey: HIGH }
    : continuation;
}
