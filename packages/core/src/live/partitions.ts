import {
  compareText,
  type OperationOptions,
  type Page,
  type Row,
  type RowKey,
  type Table,
} from '../table/index.ts';
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

/** A page never has more rows than this. */
const ROWS_MAX = 1000;
/** Fewer would ask for each partition by itself, however small: one under migration has two rows of ours besides. */
const ROWS_MIN = 64;
/** With so many partitions in a page, larger ones are worth it; with hardly any, their rows are read for nothing. */
const MANY = 4;
const FEW = 2;
/** No row key is above this, but for a few that nobody gives; and to meet those costs only another page. */
const LAST = '\u{10FFFF}';

/** A partition as it was found. */
export interface ListedPartition {
  readonly partitionKey: string;
  /** The rows of it that the page has in which it was found, with the properties that were asked for. */
  readonly rows: readonly Row[];
  /** Whether these are all of its rows. */
  readonly whole: boolean;
}

/** The keys of the partitions of one side, in their order, each once. */
export async function* partitionsIn(
  table: Table,
  options: OperationOptions & PartitionRange,
): AsyncGenerator<string> {
  for await (const { partitionKey } of listPartitions(table, options)) yield partitionKey;
}

/**
 * The partitions of one side, in the order of their keys, each once. Skips what is left of a partition behind each page,
 * and asks for as many rows as there are partitions in them: so that neither large partitions nor many small ones cost
 * more than they must.
 */
export async function* listPartitions(
  table: Table,
  {
    from,
    through,
    select = [],
    ...ask
  }: OperationOptions & PartitionRange & { readonly select?: readonly string[] },
): AsyncGenerator<ListedPartition> {
  if (from !== undefined && through !== undefined && compareText(from, through) > 0) return;
  const first = from === undefined ? undefined : { partitionKey: from, rowKey: '' };
  // A scan begins behind a key, and no key is before the empty one.
  const begins = first && (await table.get(first, ask)) ? first.partitionKey : undefined;
  if (begins !== undefined) yield { partitionKey: begins, rows: [], whole: false };
  let last = begins;
  let limit = ROWS_MIN;
  for (let after: RowKey | undefined = first; ; ) {
    const page: Page = await table.scan({ ...ask, limit, select, ...(after ? { after } : {}) });
    let found = 0;
    for (const listed of partitionsOfPage(page)) {
      const { partitionKey } = listed;
      if (through !== undefined && compareText(partitionKey, through) > 0) return;
      if (partitionKey === last) continue;
      found += 1;
      last = partitionKey;
      yield listed;
    }
    if (!page.continuation) return;
    after = behind(page.continuation, last);
    if (found >= MANY || page.rows.length === 0) limit = Math.min(ROWS_MAX, limit * 4);
    else if (found <= FEW) limit = Math.max(ROWS_MIN, limit >> 2);
  }
}

function* partitionsOfPage({ rows, continuation }: Page): Generator<ListedPartition> {
  for (let begin = 0; begin < rows.length; ) {
    const { partitionKey } = rows[begin] as Row;
    let end = begin + 1;
    while (rows[end]?.partitionKey === partitionKey) end += 1;
    yield { partitionKey, rows: rows.slice(begin, end), whole: end < rows.length || !continuation };
    begin = end;
  }
}

/** Behind all that is left of a partition, if the page ended within it. */
function behind(continuation: RowKey, partitionKey: string | undefined): RowKey {
  if (continuation.partitionKey !== partitionKey || compareText(continuation.rowKey, LAST) >= 0)
    return continuation;
  return { partitionKey, rowKey: LAST };
}
