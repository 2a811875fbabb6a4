import { usageError } from '../cli-error.ts';
import { closing } from '../closing.ts';
import type { LiveWorld } from './live-world.ts';

/** A table, as every process that takes part will find it. */
export interface NamedPlace {
  /** Means the same from any working directory; no secrets. */
  readonly url: string;
  readonly table: string;
}

/** Both tables that the URLs name. A target that names none gets the source's name. Throws `CLI_USAGE`, and what stores do. */
export async function placesOfUrls(
  source: string,
  target: string,
  world: LiveWorld,
): Promise<{ readonly source: NamedPlace; readonly target: NamedPlace }> {
  const from = await placeOf(source, world);
  const named = target.includes('#') ? target : `${target}#${encodeURIComponent(from.table)}`;
  return { source: from, target: await placeOf(named, world) };
}

async function placeOf(text: string, { resolve }: LiveWorld): Promise<NamedPlace> {
  const { url, table, store } = await resolve(text);
  return closing(store, async () => {
    if (table !== undefined) return { url, table };
    throw usageError(`${url} names no table, and a live migration is of one`, 'Add # and its name.');
  });
}
