import {
  ownerOf,
  type PartitionRange,
  partitionEpochs,
  partitionsIn,
  type Side,
  type Sides,
} from '../live/index.ts';
import { compareText, type OperationOptions } from '../table/index.ts';

type InRange = OperationOptions & PartitionRange;

/** The partitions of both sides, each once, in the order of their keys: so that a cursor says what is done. */
export async function* partitionsInOrder(
  { source, target }: Sides,
  options: InRange,
): AsyncGenerator<string> {
  const lists = [source, target].map((table) => partitionsIn(table, options));
  for await (const [key] of mergedBy((each) => each, lists)) yield key as string;
}

/**
 * For each partition, in order, the side that its writes go to in a managed phase, or last went to, if it is just turning.
 * For people: each page is as of its own instant.
 */
export async function* ownersInOrder({ source, target }: Sides, options: InRange): AsyncGenerator<Side> {
  const lists = [source, target].map((table) => partitionEpochs(table, options));
  for await (const seen of mergedBy(({ partitionKey }) => partitionKey, lists)) {
    yield ownerOf(Math.max(...seen.map(({ epoch }) => epoch)));
  }
}

/** What lists that are in order have of one partition, together, one partition after the other. */
async function* mergedBy<T>(
  keyOf: (item: T) => string,
  lists: readonly AsyncGenerator<T>[],
): AsyncGenerator<readonly T[]> {
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (;;) {
    const items = heads.flatMap(({ done, value }) => (done ? [] : [value as T]));
    if (items.length === 0) return;
    const least = items.map(keyOf).reduce((one, other) => (compareText(one, other) <= 0 ? one : other));
    yield items.filter((item) => keyOf(item) === least);
    for (const [index, list] of lists.entries()) {
      const head = heads[index];
      if (head && !head.done && keyOf(head.value) === least) heads[index] = await list.next();
    }
  }
}
