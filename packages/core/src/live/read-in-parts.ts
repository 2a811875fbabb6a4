import type { Manifest, OperationOptions, Row, Table } from '../table/index.ts';
import { IS_OURS } from './filters.ts';
import { isMeta, metaOf, type SeenMeta, writesFences } from './meta.ts';
import { ownerOf, type Side } from './side.ts';
import { isWhole } from './standing.ts';

/** So often a partition is read that changes meanwhile. */
const TRIES_MAX = 8;

/** What lies on one side of a partition, as of one instant; or why that cannot be told. */
export type AtOnce =
  | { readonly kind: 'read'; readonly meta: SeenMeta; readonly rows: readonly Row[] }
  /**
   * Nothing shows what changes: no meta, a side that somebody may use alone, without a fence, or a store that checks fences
   * and does not write them.
   */
  | { readonly kind: 'blind' }
  /** It is written faster than it can be read in parts. */
  | { readonly kind: 'busy' };

export interface Loneliness {
  /**
   * The side that others may use *alone* while this is read: they are in that phase already, or still. They use what is
   * whole there, and write no fence. Undefined for a worker, who never works beside them.
   */
  readonly lone?: Side | undefined;
}

/**
 * Reads rows of one side in several requests, as of one instant all the same. Every batch to a side that is open writes
 * its fence row, so that row is a sequence lock: if it has the same version behind the last request as before the first,
 * nothing was written in between. A side that is closed does not change, as long as its meta says so.
 */
export async function atOnce(
  table: Table,
  partitionKey: string,
  { lone, ...ask }: OperationOptions & Loneliness,
  read: () => Promise<readonly Row[]>,
): Promise<AtOnce> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const before = await table.query(partitionKey, { ...ask, filter: IS_OURS });
    const meta = before.filter(isMeta).map(metaOf)[0];
    if (!meta || !showsChanges(meta, table.manifest, lone)) return { kind: 'blind' };
    const rows = await read();
    const after = await table.query(partitionKey, { ...ask, filter: IS_OURS });
    if (versionsOf(before) === versionsOf(after)) return { kind: 'read', meta, rows };
  }
  return { kind: 'busy' };
}

function showsChanges(meta: SeenMeta, manifest: Manifest, lone: Side | undefined): boolean {
  if (meta.state !== 'open') return meta.state === 'closed';
  const isLone = isWhole(meta) && ownerOf(meta.epoch) === lone;
  return writesFences(manifest) && !isLone;
}

function versionsOf(rows: readonly Row[]): string {
  return JSON.stringify(rows.map(({ rowKey, version }) => [rowKey, version]));
}
