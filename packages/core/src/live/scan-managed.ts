import {
  compareKeys,
  isReservedRow,
  keyOf,
  type Page,
  type Row,
  type RowKey,
  type ScanOptions,
} from '../table/index.ts';
import { askedRows } from './asked-rows.ts';
import type { Client } from './client.ts';
import { type Assembled, assemble, type Within } from './page.ts';
import { both } from './side.ts';
import { type Metas, readMetas } from './turn.ts';

/** {@link ScanOptions} as a table hands them on. */
export type PageOptions = ScanOptions & { readonly limit: number };

/**
 * A page of a scan in a managed phase: a page of each side, merged. No cursor is held between pages, so a turn or a push
 * changes only how the next page is read. Undefined if what was read cannot be put together: try again.
 */
export async function scanManaged(client: Client, options: PageOptions): Promise<Page | undefined> {
  let position = options.after;
  for (;;) {
    const part = await readPart(
      client,
      { ...options, ...(position ? { after: position } : {}) },
      position?.partitionKey,
    );
    if (!part) return undefined;
    // A page of nothing but what is reserved ends at a key that nobody must see.
    const hidden = part.end !== undefined && part.lastUser === undefined && isReservedRow(part.end.rowKey);
    if (!hidden) return pageOf(part, options);
    position = part.end;
  }
}

/**
 * A page of a store is of one instant, and carries the meta of each partition that begins in it and that it gets past.
 * Of the partition that it begins `within`, the metas are read before and after: if they are the same, they were so in
 * between.
 */
async function readPart(
  client: Client,
  options: PageOptions,
  within: string | undefined,
): Promise<Assembled | undefined> {
  const { after, through, limit, bytes, signal } = options;
  const ask = signal ? { signal } : {};
  const metas = async () => (within === undefined ? undefined : readMetas(client.sides, within, ask));
  const before = await metas();
  const pages = await both((side) =>
    client.sides[side].scan({
      ...(after ? { after } : {}),
      ...(through ? { through } : {}),
      ...(bytes === undefined ? {} : { bytes }),
      limit,
      ...ask,
    }),
  );
  const behind = await metas();
  if (before && behind && !sameMetas(before, behind)) return undefined;
  const known: Within | undefined =
    within === undefined || !before ? undefined : { partitionKey: within, metas: before };
  const assembled = assemble(pages, through, known);
  if (assembled.kind === 'page') return assembled;
  return assembled.kind === 'ask' ? readPart(client, options, assembled.partitionKey) : undefined;
}

function sameMetas(one: Metas, other: Metas): boolean {
  return one.source?.version === other.source?.version && one.target?.version === other.target?.version;
}

function pageOf({ rows, end, lastUser }: Assembled, options: PageOptions): Page {
  const full = rows.length > options.limit;
  const shown = full ? rows.slice(0, options.limit) : rows;
  return {
    rows: askedRows(shown, options),
    continuation: full ? lastKey(shown) : end && visibleEnd(end, lastUser),
  };
}

/** The next page begins behind the last row of an application, where this one ends with rows of ours. */
function visibleEnd(end: RowKey, lastUser: RowKey | undefined): RowKey {
  return isReservedRow(end.rowKey) && lastUser && compareKeys(lastUser, end) < 0 ? lastUser : keyOf(end);
}

function lastKey(rows: readonly Row[]): RowKey | undefined {
  const last = rows.at(-1);
  return last && keyOf(last);
}
