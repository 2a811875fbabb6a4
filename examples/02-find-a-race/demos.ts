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
import { decidingOnce, loggingThenTelling, tellingThenLogging } from './two-phase-commit.ts';

export interface Demo {
  readonly name: string;
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
  demo(lostUpdate, mendedUpdate, 4),
  demo(twoLoads, oneLoad, 5),
  demo(staleCache, freshCache, 4),
  demo(lookingThenSetting, soundLock, 4),
  demo(unlockingInAnyCase, soundLock, 4),
  demo(philosophers, orderedPhilosophers, 6),
  demo(tellingThenLogging, decidingOnce, 7),
  demo(loggingThenTelling, decidingOnce, 7),
  demo(unfencedLease, fencedLease, 11),
];

function demo<World, Program>(
  bug: Scenario<World, Program>,
  mended: Scenario<World, Program>,
  steps: number,
): Demo {
  return { name: bug.name, steps, bug: searches(bug), mended: searches(mended) };
}

/** The searches of one scenario, whatever its world is. */
function searches<World, Program>(scenario: Scenario<World, Program>): Searches {
  return {
    explore: (options) => explore(scenario, options),
    prove: () => prove(scenario),
    replay: (token) => replay(scenario, token),
  };
}
