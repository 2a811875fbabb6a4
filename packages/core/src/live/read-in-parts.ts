import type { Manifest, OperationOptions, Row, Table } from '../table/index.ts';
import { IS_OURS } from './filters.ts';
import { isMeta, metaOf, type SeenMeta, writesFences } from './meta.ts';

/** So often a partition is read that changes meanwhile. */
const TRIES_MAX = 8;

/** What lies on one side of a partition, as of one instant; or why that cannot be told. */
export type AtOnce =
  | { readonly kind: 'read'; readonly meta: SeenMeta; readonly rows: readonly Row[] }
  /** Nothing shows what changes: no meta, on one side for good, or a store that checks fences and does not write them. */
  | { readonly kind: 'blind' }
  /** It is written faster than it can be read in parts. */
  | { readonly kind: 'busy' };

/**
 * Reads rows of one side in several requests, as of one instant all the same. Every batch to a side that is open writes
 * its fence row, so that row is a sequence lock: if it has the same version behind the last request as before the first,
 * nothing was written in between. A side that is closed does not change, as long as its meta says so.
 */
export async function atOnce(
  table: Table,
  partitionKey: string,
  ask: OperationOptions,
  read: () => Promise<readonly Row[]>,
): Promise<AtOnce> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const before = await table.query(partitionKey, { ...ask, filter: IS_OURS });
    const meta = before.filter(isMeta).map(metaOf)[0];
    if (!meta || !showsChanges(meta, table.manifest)) return { kind: 'blind' };
    const rows = await read();
    const after = await table.query(partitionKey, { ...ask, filter: IS_OURS });
    if (versionsOf(before) === versionsOf(after)) return { kind: 'read', meta, rows };
  }
  return { kind: 'busy' };
}

function showsChanges({ state }: SeenMeta, manifest: Manifest): boolean {
  return state === 'closed' || (state === 'open' && writesFences(manifest));
}

function versionsOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.map(({ rowKey, version }) => [rowKey, version]));
}
