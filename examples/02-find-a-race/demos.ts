/** The bugs of this folder beside what mends them. */
import {
  type ExploreOptions,
  explore,
  prove,
  type Replayed,
  type Report,
  replay,
  type Scenario,
} from '@changeover/tester';
import { lookingThenSetting, soundLock, unlockingInAnyCase } from './broken-lock.ts';
import { orderedPhilosophers, philosophers } from './dining-philosophers.ts';
import { freshCache, oneLoad, staleCache, twoLoads } from './double-checked-cache.ts';
import { lostUpdate, mendedUpdate } from './lost-update.ts';
import { fencedLease, unfencedLease } from './stale-lease.ts';
import { decidingOnce, leavingInDoubt, loggingThenTelling, tellingThenLogging } from './two-phase-commit.ts';

export interface Demo {
  readonly name: string;
  /** What goes wrong, in a sentence. */
  readonly about: string;
  /** The steps of the schedule that the bug is shrunk to. */
  readonly steps: number;
  readonly bug: Searches;
  readonly mended: Searches;
}

interface Searches {
  explore(options?: ExploreOptions): Promise<Report>;
  prove(): Promise<Report>;
  replay(token: string): Promise<Replayed>;
}

export const demos: readonly Demo[] = [
  demo(lostUpdate, mendedUpdate, 4, 'A sum is read before an await, and written after it.'),
  demo(twoLoads, oneLoad, 5, 'Two readers find the cache empty, and both ask the store.'),
  demo(staleCache, freshCache, 4, 'An old value comes back late, and is put over the new one.'),
  demo(lookingThenSetting, soundLock, 4, 'Two workers look for the lock before either sets it.'),
  demo(unlockingInAnyCase, soundLock, 4, 'A worker that did not get the lock removes it.'),
  demo(philosophers, orderedPhilosophers, 6, 'All have their left fork, and wait for the right one.'),
  demo(
    leavingInDoubt,
    decidingOnce,
    3,
    'The coordinator crashes for good, and a yes that was given binds for ever.',
  ),
  demo(
    tellingThenLogging,
    decidingOnce,
    7,
    'The coordinator tells one participant, and crashes before it logs.',
  ),
  demo(
    loggingThenTelling,
    decidingOnce,
    7,
    'A log entry arrives when the next life has looked, and decided otherwise.',
  ),
  demo(unfencedLease, fencedLease, 11, 'A write arrives when its lease has run out, and another holds it.'),
];

function demo<World, Program>(
  bug: Scenario<World, Program>,
  mended: Scenario<World, Program>,
  steps: number,
  about: string,
): Demo {
  return { name: bug.name, about, steps, bug: searches(bug), mended: searches(mended) };
}

/** The searches of one scenario, whatever its world is. */
function searches<World, Program>(scenario: Scenario<World, Program>): Searches {
  return {
    explore: (options) => explore(scenario, options),
    prove: () => prove(scenario),
    replay: (token) => replay(scenario, token),
  };
}
