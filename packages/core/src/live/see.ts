import type { Client } from './client.ts';
import type { Hint } from './decide-unread.ts';
import type { Seen } from './overlay.ts';
import { readSide, type SideView, type Wanted } from './read-side.ts';
import { type Both, both, ownerOf, type Side } from './side.ts';
import { isWhole, standingOf, standingOfOne } from './standing.ts';
import type { Metas } from './turn.ts';

/** What was read of a partition, if it can be put together. */
export type Sighting =
  /** With the metas as far as they were read. */
  | { readonly kind: 'seen'; readonly seen: Seen; readonly metas: Metas }
  | { readonly kind: 'torn' }
  | { readonly kind: 'alone'; readonly side: Side };

const TORN = { kind: 'torn' } as const;
const UNREAD: Metas = { source: undefined, target: undefined };

/**
 * Reads a partition. The owner alone, if it is believed to have all of it, and says so in the same answer; else both
 * sides at the same time.
 *
 * What is seen was so at the instant at which the owner was read: the other side is frozen from before the first of the
 * two reads until after the owner has closed. Between two owners both are frozen.
 */
export async function see(client: Client, partitionKey: string, wanted: Wanted): Promise<Sighting> {
  const hint = client.hints.get(partitionKey);
  if (hint && isWhole(hint)) {
    const seen = await seeOwner(client, partitionKey, hint, wanted);
    if (seen) return { kind: 'seen', seen, metas: UNREAD };
    client.hints.forget(partitionKey);
  }
  const views = await both((side) => readSide(client, side, partitionKey, wanted));
  return puzzle(client, partitionKey, views);
}

/** Puts together what two reads told. */
export function puzzle(client: Client, partitionKey: string, views: Both<SideView>): Sighting {
  const metas = { source: views.source.meta, target: views.target.meta };
  const standing = standingOf(metas);
  if (standing.kind === 'torn') return TORN;
  if (standing.kind === 'alone') return standing;
  if (standing.kind === 'owned') client.hints.set(partitionKey, standing);
  return {
    kind: 'seen',
    metas,
    seen: { standing, rows: { source: views.source.rows, target: views.target.rows } },
  };
}

async function seeOwner(
  client: Client,
  partitionKey: string,
  hint: Hint,
  wanted: Wanted,
): Promise<Seen | undefined> {
  const side = ownerOf(hint.epoch);
  const view = await readSide(client, side, partitionKey, wanted);
  const standing = standingOfOne(view.meta);
  if (!standing || ownerOf(standing.epoch) !== side) return undefined;
  const nothing = new Map();
  return {
    standing,
    rows: side === 'source' ? { source: view.rows, target: nothing } : { source: nothing, target: view.rows },
  };
}
