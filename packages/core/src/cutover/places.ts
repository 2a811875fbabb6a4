import type { ControlStore } from '../control/index.ts';
import { type Both, both, type Side, type Sides } from '../live/index.ts';
import type { OperationOptions, Store } from '../table/index.ts';
import { checkMigrationName, documentName, type Found, find, read } from './documents.ts';
import { refuse } from './errors.ts';
import { isCount, isText, like, orNull, type Shape } from './shape.ts';

/** One of the two tables, as every process that takes part finds it. */
export interface Place {
  /** Means the same from any working directory; no secrets. */
  readonly url: string;
  readonly table: string;
  /** What the store said of itself when the migration was made; a place that says something else is another one. */
  readonly identity: string;
  readonly mapping: string | null;
}

/** What a migration is about. Never changes. */
export interface Places extends Both<Place> {
  /** Given once, so that fences of two migrations by the same name are two. */
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
}

const PLACE = like<Place>({ url: isText, table: isText, identity: isText, mapping: orNull(isText) });
export const PLACES: Shape<Places> = {
  id: isText,
  name: isText,
  createdAtMs: isCount,
  source: PLACE,
  target: PLACE,
};

/** Opens the store that a URL names. Handed in: core knows no vendor. */
export type Resolve = (url: string) => Promise<{ readonly store: Store; readonly table: string | undefined }>;

/** Throws `LIVE_UNKNOWN` if there is no migration by this name. */
export async function placesOf(control: ControlStore, name: string): Promise<Places> {
  checkMigrationName(name);
  const found = await find(control, documentName(name, 'table'), PLACES);
  if (found) return found.value;
  const where = `in the control store ${control.location}`;
  throw refuse(
    'LIVE_UNKNOWN',
    control.identity === ''
      ? `there is no live migration ${JSON.stringify(name)}: there is nothing at the place of the control store, ${control.location}`
      : `there is no live migration ${JSON.stringify(name)} ${where}`,
    'See which there are with "changeover live status", or name another control store with --control.',
  );
}

/** All migrations that there are, by name. */
export async function listPlaces(control: ControlStore): Promise<readonly Found<Places>[]> {
  const documents = await control.list(documentName(''));
  return documents.filter(({ name }) => name.endsWith('/table')).map((document) => read(document, PLACES));
}

/** A place whose table was given another name. A URL that names its table names this one then. */
export function placeRenamed(place: Place, table: string): Place {
  return { ...place, url: place.url.replace(/#.*$/s, `#${encodeURIComponent(table)}`), table };
}

/** Opens the store of one side. Throws `LIVE_PLACE_CHANGED` if its URL leads elsewhere now, and what the store throws. */
export async function openStoreOf(places: Places, side: Side, resolve: Resolve): Promise<Store> {
  const { store } = await resolve(places[side].url);
  try {
    checkPlace(places, side, store);
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

export interface OpenPlaces {
  readonly stores: Both<Store>;
  readonly sides: Sides;
  close(): Promise<void>;
}

/**
 * Opens both tables, with what is reserved. With `only`, that side stands for the other, too: once a migration is over the
 * retired side may be gone, and is never asked.
 *
 * Throws `LIVE_PLACE_CHANGED` if a URL leads elsewhere now, and what the stores throw.
 */
export async function openPlaces(
  places: Places,
  resolve: Resolve,
  { only, ...options }: OperationOptions & { readonly only?: Side | undefined } = {},
): Promise<OpenPlaces> {
  const stores: Store[] = [];
  const close = async () => {
    for (const store of stores.splice(0)) await store.close();
  };
  try {
    const opened = await inTurn(async (each) => {
      const store = await openStoreOf(places, only ?? each, resolve);
      stores.push(store);
      return store;
    });
    const sides = await both((side) =>
      opened[side].open(places[only ?? side].table, { ...options, reserved: true }),
    );
    return { stores: opened, sides, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One after the other, so that what was opened is known when the other fails. */
async function inTurn<T>(ask: (side: Side) => Promise<T>): Promise<Both<T>> {
  const source = await ask('source');
  return { source, target: await ask('target') };
}

function checkPlace(places: Places, side: Side, { identity, mapping, location }: Store): void {
  const place = places[side];
  if (identity === place.identity && (mapping ?? null) === place.mapping) return;
  throw refuse(
    'LIVE_PLACE_CHANGED',
    `the ${side} of ${places.name} is not where it was: ${place.url} leads to ${location}, which is another place`,
    'Bring it back to where it was. A migration never follows a place that has moved.',
  );
}
