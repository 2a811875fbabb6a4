import { resolve } from '@changeover/stores';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import { placesOf } from 'changeover/cutover';
import type { ProgramOptions } from './options.ts';

/** What whoever drives a migration, or works for it, is handed on a real host. */
export async function hands({ control: path, migration, leaseMs }: ProgramOptions, label: string) {
  const control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: false });
  return {
    control,
    clock: systemClock,
    probe: probeProcess,
    owner: currentOwner(label),
    places: await placesOf(control, migration),
    resolve: (url: string) => resolve(url, { mode: 'write', clock: systemClock, env: process.env }),
    threads: 2,
    leaseMs,
  };
}
