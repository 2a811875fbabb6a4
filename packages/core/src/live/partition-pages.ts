import type { Page, Row, RowKey, ScanOptions, Table } from '../table/index.ts';

/**
 * The rows of a partition on one side, ours included, page by page, each page as of its own instant. The row with the empty
 * key comes whatever the filter, and whole.
 */
export async function* partitionPages(
  table: Table,
  partitionKey: string,
  wanted: Omit<ScanOptions, 'after' | 'through' | 'lazy'>,
): AsyncGenerator<readonly Row[]> {
  const { signal } = wanted;
  // A scan begins behind a key, and no key is before the empty one.
  const first = await table.get({ partitionKey, rowKey: '' }, signal ? { signal } : {});
  if (first) yield [first];
  for (let after: RowKey | undefined = { partitionKey, rowKey: '' }; after; ) {
    const page: Page = await table.scan({ ...wanted, after });
    const mine = page.rows.filter((row) => row.partitionKey === partitionKey);
    if (mine.length > 0) yield mine;
    after = mine.length === page.rows.length ? page.continuation : undefined;
  }
}
