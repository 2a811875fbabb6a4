import { type ControlStore, FailureDetector } from '../control/index.ts';
import { LiveError, nameOfPhase, openPlaces } from '../cutover/index.ts';
import { isCode } from '../std/index.ts';
import { type DriveOptions, drive } from './drive.ts';
import { findGoal, type Goal, isSameRange, writeGoal } from './goal.ts';
import { overFor } from './over.ts';
import { findStands, isReached } from './stands.ts';
import { findState } from './state.ts';

const LOOK_MS = 200;

/**
 * What whoever drives hears when it has slept and another has gone on; or when one that had slept wakes, and what it was
 * writing then still counts. What is written down has changed, and is looked at again.
 */
const OVERTAKEN = ['LIVE_OVERTAKEN', 'CONTROL_LEASE_LOST', 'TABLE_FENCED'] as const;
/** So often in a row, each time soon. */
const OVERTAKEN_MAX = 5;
const CALM_MS = 60_000;

/**
 * Says where a migration shall go. Whoever drives it heeds that within a fraction of a second. To say it again takes away
 * whatever has held it up.
 *
 * Throws `LIVE_OVER` if there is no way there any more, and `LIVE_OVERTAKEN` if somebody else wants something else at the
 * same moment.
 */
export async function setGoal(
  options: Pick<DriveOptions, 'control' | 'places' | 'owner'>,
  goal: Goal,
): Promise<void> {
  const { control, places, owner } = options;
  await checkGoal(control, places.name, goal);
  const found = await findGoal(control, places.name);
  try {
    await writeGoal(control, places.name, goal, found.revision);
  } catch (error) {
    if (!isCode(error, 'LIVE_OVERTAKEN')) throw error;
    const { value } = await findGoal(control, places.name);
    if (!isSame(goal, value)) throw error;
  }
  const what = `wants it ${goal.until} on the ${goal.side}${goal.range ? ', a part of it' : ''}`;
  await control.append({ who: owner.label, subject: `live/${places.name}`, what, why: '' });
}

/** Throws `LIVE_OVER` if a migration has ended, or is being ended, so that there is no way to this goal any more. */
export async function checkGoal(control: ControlStore, name: string, goal: Goal): Promise<void> {
  const over = overFor(name, (await findState(control, name)).value, goal);
  if (over) throw over;
}

/**
 * Looks whether both tables can be opened, before anybody is told to go anywhere. Of a migration that is over nothing is
 * opened. Throws `LIVE_PLACE_CHANGED`, and what the stores throw.
 */
export async function checkPlaces({
  control,
  places,
  resolve,
  signal,
}: Pick<DriveOptions, 'control' | 'places' | 'resolve' | 'signal'>): Promise<void> {
  if ((await findState(control, places.name)).value.ended) return;
  await (await openPlaces(places, resolve, { signal })).close();
}

/**
 * Returns when a migration has reached its goal. Drives it there, or follows whoever does, and takes over should that one
 * die. Throws what {@link drive} throws, and `LIVE_INTERRUPTED` when the signal aborts: whoever comes next goes on.
 */
export async function reach(options: DriveOptions): Promise<void> {
  const { control, places, signal, clock, onEvent } = options;
  const detector = new FailureDetector(options);
  let following = '';
  for (let overtaken = 0; ; ) {
    // Before anything is opened: once it is over, a table may have another name.
    const stands = await findStands(control, places.name);
    if (isReached(places.name, stands)) {
      return onEvent({ event: 'reached', phase: nameOfPhase(stands.phase.value.phase) });
    }
    const beganAtMs = clock.monotonic();
    try {
      return await drive(options, detector);
    } catch (error) {
      if (signal.aborted) throw interrupted(error);
      if (isCode(error, 'CONTROL_LOCK_HELD')) {
        if (error.message !== following) onEvent({ event: 'follows', holder: error.message });
        following = error.message;
      } else {
        overtaken = clock.monotonic() - beganAtMs < CALM_MS ? overtaken + 1 : 1;
        if (!isCode(error, ...OVERTAKEN) || overtaken > OVERTAKEN_MAX) throw error;
      }
    }
    try {
      await clock.sleep(LOOK_MS, signal);
    } catch (error) {
      throw interrupted(error);
    }
  }
}

function isSame(one: Goal, other: Goal): boolean {
  const names = ['side', 'until', 'retired'] as const;
  return names.every((name) => one[name] === other[name]) && isSameRange(one.range, other.range);
}

function interrupted(cause: unknown): LiveError {
  return new LiveError('LIVE_INTERRUPTED', 'the migration was left where it stands', {
    effect: 'none',
    cause,
    hint: 'Run the same command again: it goes on. The application is served as before in the meantime.',
  });
}
