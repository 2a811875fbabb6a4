import { openSqliteControl } from '@changeover/stores/sqlite';
import type { ControlStore } from 'changeover/control';
import { isCode } from 'changeover/std';
import type { Io } from '../io.ts';
import { DeferredControl } from './deferred-control.ts';

/** The control store at `path`; one that is not there is made when something is first written to it. */
export async function openControl(path: string, io: Io): Promise<ControlStore> {
  return (await openExistingControl(path, io)) ?? new DeferredControl(path, () => open(path, io, true));
}

/** The control store at `path`, or undefined if there is none. Creates nothing. */
export async function openExistingControl(path: string, io: Io): Promise<ControlStore | undefined> {
  try {
    return await open(path, io, false);
  } catch (error) {
    if (isCode(error, 'CONTROL_NOT_FOUND')) return undefined;
    throw error;
  }
}

function open(path: string, { clock, random }: Io, create: boolean): Promise<ControlStore> {
  return openSqliteControl({ path, clock, random, create });
}
