import { basename } from 'node:path';
import type { ControlStore } from 'changeover/control';
import { openTable as openTableWith } from 'changeover/cutover';
import type { Table } from 'changeover/table';
import { openControl } from './control-url.ts';
import { currentOwner, systemClock, systemRandom } from './host/index.ts';
import { resolve } from './resolve.ts';

export interface OpenTableOptions {
  /** The URL of a control store; or an open one, which stays the caller's. As for the command line, if not given. */
  readonly control?: string | ControlStore;
  /** Where `CHANGEOVER_CONTROL` and `SCHEME:env:NAME` are looked for; the process's own unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to; the process's working directory unless told. */
  readonly cwd?: string;
  /** What people see of us in the status of the migration; the name of the program unless told. */
  readonly label?: string;
  /** Our upgrade domain: groups are told of a phase one after the other. All in one group if not given. */
  readonly group?: string;
  /** How long we may be silent before nobody waits for us any more, in milliseconds; 15 000 if not given. */
  readonly leaseMs?: number;
  /** Told of what goes wrong in the background, and is tried again. */
  onTrouble?(error: unknown): void;
}

/**
 * Opens the table that the live migration `name` moves, on this host: one table, wherever its rows are at the moment. Close
 * it when the program ends, so that nobody waits for it.
 *
 * Throws `STORE_URL_INVALID`, `CONTROL_NOT_FOUND`, `LIVE_UNKNOWN`, `LIVE_PLACE_CHANGED`, and what the stores throw.
 * {@link import('changeover/cutover').openTable} says what operations throw.
 */
export async function openTable(name: string, options: OpenTableOptions = {}): Promise<Table> {
  const { control: named, env = process.env, cwd, label = programName(), ...seat } = options;
  const where = { env, ...(cwd === undefined ? {} : { cwd }) };
  const ours = typeof named === 'object' ? undefined : (await openControl(named, where)).control;
  const control = typeof named === 'object' ? named : (ours as ControlStore);
  try {
    return await openTableWith(name, {
      ...seat,
      control,
      resolve: (url) => resolve(url, { ...where, mode: 'write', clock: systemClock }),
      clock: systemClock,
      random: systemRandom,
      owner: currentOwner(label),
      closed: async () => ours?.close(),
    });
  } catch (error) {
    await ours?.close();
    throw error;
  }
}

function programName(): string {
  return basename(process.argv[1] ?? 'node');
}
