import {
  compareKeys,
  isReservedRow,
  keyOf,
  type OperationOptions,
  type Page,
  type RowKey,
  type ScanOptions,
  type Table,
} from '../table/index.ts';
import { askedRows } from './asked-rows.ts';
import type { Client } from './client.ts';
import { anyOf, IS_META } from './filters.ts';
import { isMeta, metaKey, metaOf } from './meta.ts';
import { HIDDEN, physicalRow } from './physical-row.ts';
import { rowOf, wantedFor } from './query-managed.ts';
import { META_NAMES } from './read-side.ts';
import { type PageOptions, scanManaged } from './scan-managed.ts';
import type { Side } from './side.ts';
import { hasAll } from './standing.ts';

/**
 * A page where everything is on one side. What is hidden in its rows, tombstones, and rows of ours are left out. If a
 * partition in it says that this side does not have everything, the page is read as in a managed phase. Undefined if it
 * must be tried again.
 */
export async function scanAlone(client: Client, side: Side, options: PageOptions): Promise<Page | undefined> {
  const { signal } = options;
  const table = client.sides[side];
  let after = options.after;
  for (;;) {
    const page = await table.scan(askedOf(options, after, client.waitedFor));
    if (!client.waitedFor && !(await allHere(table, page, after, signal ? { signal } : {})))
      return scanManaged(client, options);
    const { rows, continuation } = page;
    const user = rows.filter(({ rowKey }) => !isReservedRow(rowKey)).map((row) => physicalRow(side, row));
    const last = user.at(-1);
    if (!last && continuation && isReservedRow(continuation.rowKey)) {
      after = continuation;
      continue;
    }
    const hidden = continuation && isReservedRow(continuation.rowKey);
    return {
      rows: askedRows(user.filter(({ tombstone }) => !tombstone).map(rowOf), options),
      continuation: hidden && last ? keyOf(last) : continuation,
    };
  }
}

/** What the store is asked for: the metas, too, whatever the filter is, if it has to say whether it has everything. */
function askedOf(options: PageOptions, after: RowKey | undefined, waitedFor: boolean): ScanOptions {
  const { lazy: _, filter, select: __, ...asked } = options;
  const wanted = wantedFor(options).select;
  return {
    ...asked,
    ...(after ? { after } : {}),
    ...(filter ? { filter: waitedFor ? filter : anyOf([IS_META, filter]) } : {}),
    ...(wanted ? { select: [...wanted, ...HIDDEN, ...META_NAMES] } : {}),
  };
}

/**
 * Whether this side has all of each partition in a page. A page carries the metas of what begins in it and that it gets
 * past; of the partitions at its two ends they are read behind it: a partition that then is still here was so before.
 */
async function allHere(
  table: Table,
  { rows, continuation }: Page,
  after: RowKey | undefined,
  ask: OperationOptions,
): Promise<boolean> {
  if (!rows.every((row) => !isMeta(row) || hasAll(metaOf(row)))) return false;
  const ends = new Set([after?.partitionKey, continuation?.partitionKey]);
  const unseen = [...ends].filter((partitionKey) => {
    if (partitionKey === undefined) return false;
    const meta = metaKey(partitionKey);
    const isBehind = after !== undefined && compareKeys(meta, after) <= 0;
    return isBehind || (continuation !== undefined && compareKeys(meta, continuation) > 0);
  });
  const metas = await Promise.all(
    unseen.map((partitionKey) => table.get(metaKey(partitionKey as string), ask)),
  );
  return metas.every((row) => hasAll(row && metaOf(row)));
}
