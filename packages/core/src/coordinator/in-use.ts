import type { ControlStore } from '../control/index.ts';
import { type LiveError, listPlaces, type Place, refuse } from '../cutover/index.ts';
import { findState } from './state.ts';

/** The migration that is not over and has this table on either side, another one than `name`; undefined if none has. */
export async function userOf(
  control: ControlStore,
  { identity, table }: Pick<Place, 'identity' | 'table'>,
  name: string,
): Promise<string | undefined> {
  for (const { value: other } of await listPlaces(control)) {
    const has = [other.source, other.target].some(
      (place) => place.identity === identity && place.table === table,
    );
    if (!has || other.name === name) continue;
    if (!(await findState(control, other.name)).value.ended) return other.name;
  }
  return undefined;
}

export function inUse(other: string, table: string, location: string): LiveError {
  return refuse(
    'LIVE_EXISTS',
    `the live migration ${JSON.stringify(other)} is of the table ${JSON.stringify(table)} in ${location}, too`,
    `Finalize or abort it first: "changeover live status ${other}" tells where it stands.`,
  );
}
