import {
  type OpenPlaces,
  openPlaces,
  type Place,
  type Places,
  placeRenamed,
  type Resolve,
} from '../cutover/index.ts';
import { otherOf, type Side } from '../live/index.ts';
import { type OperationOptions, textBytes } from '../table/index.ts';
import type { State } from './state.ts';

/** The shortest limit of a table's name that we know, Postgres's, in bytes. */
const NAME_BYTES = 63;
/** So much of it is for the name of the migration. */
const MIGRATION_BYTES = 30;

/** What a retired table is called: `orders_retired_move-orders`. */
export function retiredName(table: string, migration: string): string {
  const suffix = `_retired_${cut(migration, MIGRATION_BYTES)}`;
  return cut(table, NAME_BYTES - textBytes(suffix)) + suffix;
}

/** The side that is given up, once a migration is over. */
export function retiredSide({ ended }: State): Side | undefined {
  return ended === null ? undefined : otherOf(ended);
}

/** Where the retired table is, under the name that it has. */
export function retiredPlace(places: Places, side: Side, { retired }: State): Place {
  return retired?.kind === 'renamed' ? placeRenamed(places[side], retired.table) : places[side];
}

/** What is open for whoever drives: as long as it is not over, both tables; then only the retired one, if anything. */
export class Opener {
  readonly #places: Places;
  readonly #resolve: Resolve;
  readonly #options: OperationOptions;
  #open: { readonly table: string | undefined; readonly places: OpenPlaces } | undefined;

  constructor(places: Places, resolve: Resolve, options: OperationOptions) {
    this.#places = places;
    this.#resolve = resolve;
    this.#options = options;
  }

  async for(state: State): Promise<OpenPlaces> {
    const side = retiredSide(state);
    const place = side && retiredPlace(this.#places, side, state);
    if (this.#open && this.#open.table === place?.table) return this.#open.places;
    await this.close();
    const places = side && place ? { ...this.#places, [side]: place } : this.#places;
    const opened = await openPlaces(places, this.#resolve, { ...this.#options, only: side });
    this.#open = { table: place?.table, places: opened };
    return opened;
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.places.close();
  }
}

/** As many whole characters as there is room for. */
function cut(text: string, bytes: number): string {
  let kept = '';
  for (const character of text) {
    if (textBytes(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}
