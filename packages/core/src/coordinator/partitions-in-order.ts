import { type PartitionRange, partitionsIn, type Sides } from '../live/index.ts';
import { compareText, type OperationOptions } from '../table/index.ts';

/** The partitions of both sides, each once, in the order of their keys: so that a cursor says what is done. */
export async function* partitionsInOrder(
  { source, target }: Sides,
  options: OperationOptions & PartitionRange,
): AsyncGenerator<string> {
  const lists = [source, target].map((table) => partitionsIn(table, options));
  const heads = await Promise.all(lists.map((list) => list.next()));
  for (;;) {
    const keys = heads.filter(({ done }) => !done).map(({ value }) => value as string);
    if (keys.length === 0) return;
    const least = keys.reduce((one, other) => (compareText(one, other) <= 0 ? one : other));
    yield least;
    for (const [index, list] of lists.entries()) {
      while (!heads[index]?.done && compareText(heads[index]?.value as string, least) <= 0) {
        heads[index] = await list.next();
      }
    }
  }
}
