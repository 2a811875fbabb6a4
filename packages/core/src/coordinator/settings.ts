import type { ControlStore } from '../control/index.ts';
import {
  documentName,
  type Found,
  find,
  isFlag,
  isNumber,
  orNull,
  type Shape,
  write,
} from '../cutover/index.ts';

/** What can be changed while workers work. */
export interface Settings {
  readonly paused: boolean;
  /** All workers together copy at most so many rows a second; null for as fast as the stores go. */
  readonly rowsPerSecond: number | null;
}

export const FIRST_SETTINGS: Settings = { paused: false, rowsPerSecond: null };

const SETTINGS: Shape<Settings> = { paused: isFlag, rowsPerSecond: orNull(isNumber) };

function settingsName(migration: string): string {
  return documentName(migration, 'settings');
}

export async function findSettings(
  control: ControlStore,
  migration: string,
): Promise<Found<Settings> | undefined> {
  return find(control, settingsName(migration), SETTINGS);
}

/** Changes some of them, whoever else changes others at the same time. */
export async function changeSettings(
  control: ControlStore,
  migration: string,
  change: Partial<Settings>,
): Promise<Settings> {
  const found = await findSettings(control, migration);
  const settings = { ...(found?.value ?? FIRST_SETTINGS), ...change };
  return (await write(control, settingsName(migration), settings, found?.revision)).value;
}
