import type { ControlStore } from '../control/index.ts';
import type { Side } from '../live/index.ts';
import { isCode } from '../std/index.ts';
import { findPhase, lastSide } from './phase-document.ts';
import { type OpenPlaces, openPlaces, type Places, type Resolve } from './places.ts';

/**
 * Opens both tables for who uses them; only the one that is left, once the migration is over: the other one may have another
 * name by now, or be gone. It may lose its name just between the look and the opening.
 *
 * Throws what {@link openPlaces} throws.
 */
export async function openLatest(
  control: ControlStore,
  places: Places,
  resolve: Resolve,
): Promise<OpenPlaces> {
  const last = async () => lastSide((await findPhase(control, places.name)).value);
  const only = await last();
  try {
    return await openPlaces(places, resolve, { only });
  } catch (error) {
    const now: Side | undefined = isCode(error, 'TABLE_NOT_FOUND') ? await last() : only;
    if (now === only) throw error;
    return openPlaces(places, resolve, { only: now });
  }
}
