import type { OperationOptions, Page, RowKey, Table } from '../table/index.ts';
import type { Sides } from './side.ts';

/** The keys of all partitions that have a row, ours included, on either side; a partition may come twice. */
export async function* partitionsOf(sides: Sides, ask: OperationOptions = {}): AsyncGenerator<string> {
  yield* partitionsIn(sides.source, ask);
  yield* partitionsIn(sides.target, ask);
}

async function* partitionsIn(table: Table, ask: OperationOptions): AsyncGenerator<string> {
  let last: string | undefined;
  let after: RowKey | undefined;
  do {
    const page: Page = await table.scan({ ...ask, select: [], ...(after ? { after } : {}) });
    for (const { partitionKey } of page.rows) {
      if (partitionKey !== last) yield partitionKey;
      last = partitionKey;
    }
    after = page.continuation;
  } while (after);
}
