import { assert } from '../std/index.ts';
import { compareKeys, type Filter, type Page, type RowKey, type Table } from '../table/index.ts';
import { boundsOf, type KeyRange } from './key-range.ts';

export interface PageOptions {
  readonly filter: Filter | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly signal: AbortSignal;
}

/**
 * The pages of a range, in order, to its end. The next page is asked for while the caller works on this one, and no
 * further: a slow caller holds the reader back, and memory holds two pages.
 */
export async function* pagesOf(table: Table, range: KeyRange, options: PageOptions): AsyncGenerator<Page> {
  let { after } = range;
  let coming: Promise<Page> | undefined = readPage(table, range, options);
  try {
    while (coming) {
      const page: Page = await coming;
      if (page.continuation) checkProgress(table, after, page.continuation);
      after = page.continuation;
      coming = after && readPage(table, { ...range, after }, options);
      yield page;
    }
  } finally {
    // A caller that stops early leaves a read behind; its outcome is of no interest, but must not go unhandled.
    await coming?.catch(() => undefined);
  }
}

function readPage(
  table: Table,
  range: KeyRange,
  { filter, rows, bytes, signal }: PageOptions,
): Promise<Page> {
  const page = table.scan({
    ...boundsOf(range),
    ...(filter ? { filter } : {}),
    limit: rows,
    bytes,
    lazy: true,
    signal,
  });
  // Handled where it is awaited; without this, a failure before that moment would count as unhandled.
  page.catch(() => undefined);
  return page;
}

/** A store whose continuation does not move would keep a copy busy for ever. */
function checkProgress(table: Table, after: RowKey | undefined, continuation: RowKey): void {
  assert(
    !after || compareKeys(after, continuation) < 0,
    `table ${table.name} gave a continuation that does not move on`,
  );
}
