import type { ControlStore } from '../control/index.ts';
import { LiveError, openStoreOf, type Places, placeRenamed, type Resolve } from '../cutover/index.ts';
import type { Side } from '../live/index.ts';
import { type Clock, isCode } from '../std/index.ts';
import type { Store, Table } from '../table/index.ts';
import { userOf } from './in-use.ts';
import { persistently } from './persistently.ts';
import { retiredName } from './retired-place.ts';

export interface RetiringContext {
  readonly control: ControlStore;
  readonly places: Places;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
}

/** Whether a retired table can get out of the way. */
export type NewName =
  | { readonly kind: 'free'; readonly table: string }
  /** There is a table by that name already. */
  | { readonly kind: 'taken'; readonly table: string; readonly why: string }
  /** It stays where it is. */
  | { readonly kind: 'none'; readonly why: string };

/** What stores say when they rename a table neither now nor later, unless somebody changes something. */
const REFUSALS = [
  'TABLE_ALREADY_EXISTS',
  'TABLE_NOT_SUPPORTED',
  'TABLE_PERMISSION_DENIED',
  'TABLE_READ_ONLY',
  'TABLE_NAME_INVALID',
  'TABLE_NAME_RESERVED',
] as const;

/** Looks which name the retired table can get, before anybody touches it. Writes nothing. Throws what the stores throw. */
export async function findNewName(context: RetiringContext, side: Side): Promise<NewName> {
  const { control, places, signal } = context;
  const { table } = places[side];
  const user = await userOf(control, places[side], places.name);
  if (user !== undefined) return none(`the live migration ${user} uses it`);
  const newName = retiredName(table, places.name);
  const refused = await withStore(context, side, async (store) => {
    if (!store.manifest.rename) return `${store.location} renames no tables`;
    return withTable(store, table, signal, whyNotOurs);
  });
  if (refused !== undefined) return none(refused);
  if (!(await isThere(context, side, newName))) return { kind: 'free', table: newName };
  return { kind: 'taken', table: newName, why: `there is a table ${JSON.stringify(newName)} already` };
}

/**
 * Gives the retired table a name that was found free. May be done again: what has the name by then is the table, however the
 * answer was lost, and whatever an application has made by the former name since. Gives why not, if it was refused.
 *
 * Throws what stores throw that may be otherwise in a moment, and `LIVE_OVERTAKEN` if somebody does the same.
 */
export async function renameRetired(
  context: RetiringContext & { readonly clock: Clock },
  side: Side,
  newName: string,
): Promise<string | undefined> {
  const { places, clock, signal } = context;
  const { table } = places[side];
  try {
    return await persistently(clock, signal, async () => {
      const isNamed = await isThere(context, side, newName);
      return withStore(context, side, async (store) => {
        const is = await withTable(store, table, signal, nature);
        if (isNamed) return is === 'ours' ? `there is a table ${JSON.stringify(newName)} already` : undefined;
        if (is === 'gone') return GONE;
        await store.rename(table, newName, { signal });
        return undefined;
      });
    });
  } catch (error) {
    if (isCode(error, ...REFUSALS)) return error.message;
    if (!isCode(error, 'TABLE_NOT_FOUND')) throw error;
    throw new LiveError('LIVE_OVERTAKEN', `${table} was renamed by another process`, {
      effect: 'none',
      cause: error,
    });
  }
}

const GONE = 'it is not there any more';

/** What a table by the name of the retired one is. */
type Nature = 'gone' | 'ours' | 'empty' | 'another';

async function nature(table: Table | undefined): Promise<Nature> {
  if (!table) return 'gone';
  const { reservedNames, empty } = await table.describe();
  // Its metas stay on a side that was retired, until it is wiped.
  if (reservedNames.length > 0) return 'ours';
  return empty ? 'empty' : 'another';
}

async function whyNotOurs(table: Table | undefined): Promise<string | undefined> {
  const is = await nature(table);
  if (is === 'gone') return GONE;
  return is === 'another' ? 'it holds rows, and nothing of this migration: it is another table' : undefined;
}

function none(why: string): NewName {
  return { kind: 'none', why };
}

/** Whether anything has this name: a table of our own, or of somebody else. */
async function isThere(context: RetiringContext, side: Side, name: string): Promise<boolean> {
  const { places, signal } = context;
  const renamed = { ...places, [side]: placeRenamed(places[side], name) };
  try {
    return await withStore({ ...context, places: renamed }, side, (store) =>
      withTable(store, name, signal, async (table) => table !== undefined),
    );
  } catch (error) {
    // Something is there that we cannot read as a table of this mapping.
    if (isCode(error, 'TABLE_MAPPING_REQUIRED', 'TABLE_MAPPING_INVALID')) return true;
    throw error;
  }
}

async function withStore<T>(
  { places, resolve }: Pick<RetiringContext, 'places' | 'resolve'>,
  side: Side,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const store = await openStoreOf(places, side, resolve);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Hands over the table with what is reserved, or undefined if it is not there. */
async function withTable<T>(
  store: Store,
  name: string,
  signal: AbortSignal,
  work: (table: Table | undefined) => Promise<T>,
): Promise<T> {
  const table = await openIfThere(store, name, signal);
  try {
    return await work(table);
  } finally {
    await table?.close();
  }
}

async function openIfThere(store: Store, name: string, signal: AbortSignal): Promise<Table | undefined> {
  try {
    return await store.open(name, { reserved: true, signal });
  } catch (error) {
    if (isCode(error, 'TABLE_NOT_FOUND')) return undefined;
    throw error;
  }
}
