import { type ResolvedUrl, resolve } from '@changeover/stores';
import { closing } from '../closing.ts';
import { blamingLater } from '../config/blaming.ts';
import type { Io } from '../io.ts';
import type { MoveJob } from './move-job.ts';

/** Both stores of a job, open. */
export interface Sides {
  readonly source: ResolvedUrl;
  readonly target: ResolvedUrl;
}

/** Hands both stores to `work`, the source open for reading only, and closes them however that ends. */
export async function withSides<T>(
  { source, target, cwd, places }: MoveJob,
  targetMode: 'read' | 'write',
  { clock, env }: Io,
  work: (sides: Sides) => Promise<T>,
): Promise<T> {
  const options = { clock, env, cwd };
  const from = await blamingLater(places?.source, () => resolve(source, { ...options, mode: 'read' }));
  return closing(from.store, async () => {
    const to = await blamingLater(places?.target, () => resolve(target, { ...options, mode: targetMode }));
    return closing(to.store, () => work({ source: from, target: to }));
  });
}
