import { openStoreOf, type Place, type Places, refuse } from '../cutover/index.ts';
import { otherOf, type Side } from '../live/index.ts';
import { isCode } from '../std/index.ts';
import type { Retirement } from './goal.ts';
import { inUse, userOf } from './in-use.ts';
import { findNewName, type RetiringContext } from './retire-table.ts';
import { retiredPlace } from './retired-place.ts';
import { findState, type State } from './state.ts';

export type { RetiringContext };

/** What would become of a table that is retired, for who must agree to it. */
export interface Retiring extends Pick<Place, 'url' | 'table'> {
  readonly side: Side;
  /** An application's own table, and none of our layout. */
  readonly mapped: boolean;
  /** The name that it would get; null if it keeps the one that it has. */
  readonly newTable: string | null;
  /** Why it keeps its name, although it should get another one. */
  readonly why: string | null;
  /** Whether its rows would be deleted. */
  readonly wipe: boolean;
  /** About how many there are; null if nobody has asked, or its store cannot tell. */
  readonly rows: number | null;
}

interface Wanted {
  /** The side that is left. */
  readonly side: Side;
  readonly retired: Retirement;
  /** Whether its rows are counted, which may cost a pass over its keys. */
  readonly count: boolean;
}

/**
 * Looks what would become of the table that is given up. Writes nothing.
 *
 * Throws `LIVE_NAME_TAKEN` if something has the name already that it would get, `LIVE_EXISTS` if it is to be wiped and
 * another migration uses it, `TABLE_NOT_FOUND` if it is to be wiped and was dropped, `LIVE_PLACE_CHANGED`, and what the stores throw.
 */
export async function retiringOf(
  context: RetiringContext,
  { side: left, retired, count }: Wanted,
): Promise<Retiring> {
  const { control, places } = context;
  const side = otherOf(left);
  const { value: state } = await findState(control, places.name);
  const place = retiredPlace(places, side, state);
  const { newTable, why } = await newNameOf(context, side, retired, state);
  const wipe = retired === 'wiped' && !state.wiped;
  const other = wipe ? await userOf(control, place, places.name) : undefined;
  if (other !== undefined) throw inUse(other, place.table, place.url);
  const { url, table, mapping } = place;
  // Where it is just being renamed nobody can tell under which name it is.
  const mayMiss = !wipe || state.retired?.kind === 'renaming';
  const rows = await rowsOf(context, { ...places, [side]: place }, { side, count, mayMiss });
  return { side, url, table, mapped: mapping !== null, newTable, why, wipe, rows };
}

async function newNameOf(
  context: RetiringContext,
  side: Side,
  wanted: Retirement,
  { retired }: State,
): Promise<Pick<Retiring, 'newTable' | 'why'>> {
  if (wanted === 'kept' || retired?.kind === 'renamed') return { newTable: null, why: null };
  if (retired?.kind === 'renaming') return { newTable: retired.table, why: null };
  const found = await findNewName(context, side);
  if (found.kind === 'free') return { newTable: found.table, why: null };
  if (found.kind === 'none') return { newTable: null, why: found.why };
  throw refuse(
    'LIVE_NAME_TAKEN',
    `the ${side} table ${JSON.stringify(context.places[side].table)} would be renamed, but ${found.why}`,
    'Give that one another name, or have the source keep its own: --keep-source.',
  );
}

async function rowsOf(
  { resolve, signal }: RetiringContext,
  places: Places,
  { side, count, mayMiss }: Pick<Wanted, 'side' | 'count'> & { readonly mayMiss: boolean },
): Promise<number | null> {
  const store = await openStoreOf(places, side, resolve);
  try {
    const table = await store.open(places[side].table, { signal });
    return count ? ((await table.sampleKeys(1, { signal })).rows ?? null) : null;
  } catch (error) {
    if (mayMiss && isCode(error, 'TABLE_NOT_FOUND')) return null;
    throw error;
  } finally {
    await store.close();
  }
}
