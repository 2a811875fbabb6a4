import { type ResolvedUrl, resolve } from '@changeover/stores';
import { currentOwner, probeProcess } from '@changeover/stores/host';
import type { ControlStore, Owner, ProcessProbe } from 'changeover/control';
import type { Clock, Random } from 'changeover/std';
import { closing } from '../closing.ts';
import type { CommonOptions } from '../common-options.ts';
import { controlPath } from '../control/control-path.ts';
import { openControl } from '../control/open-control.ts';
import type { Io } from '../io.ts';

/** What every verb of a live migration works with. */
export interface LiveWorld {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly owner: Owner;
  readonly probe: ProcessProbe;
  readonly signal: AbortSignal;
  /** Opens a store for reading and writing; one that is not there is made with its first table, and not before. */
  resolve(url: string): Promise<ResolvedUrl>;
}

/** Hands the world to `work`. A control store that is not there is made by the first write to it. */
export async function withLive<T>(
  verb: string,
  { control: url }: CommonOptions,
  io: Io,
  work: (world: LiveWorld) => Promise<T>,
): Promise<T> {
  const { clock, random, signal, env, cwd } = io;
  return closing(await openControl(controlPath(url, io), io), (control) =>
    work({
      control,
      clock,
      random,
      signal,
      owner: currentOwner(`changeover live ${verb}`),
      probe: probeProcess,
      resolve: (place) => resolve(place, { mode: 'write', clock, env, cwd }),
    }),
  );
}
