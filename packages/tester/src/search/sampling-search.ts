import type { Runs } from '../engine/drive.ts';
import type { Failure } from '../engine/failure.ts';
import type { Run } from '../engine/run.ts';
import type { Strategy } from '../engine/strategy.ts';
import type { Laboratory } from './laboratory.ts';
import type { Statistics } from './statistics.ts';
import type { Recipe } from './token.ts';
import { twice } from './twice.ts';

/** The first schedule that failed. */
export interface Failing {
  readonly schedule: number;
  readonly failure: Failure;
  readonly recipe: Recipe;
}

/** Which schedules to run. */
export interface Share {
  /** The next schedule from this number on that is to be run; undefined if there is none. */
  next(from: number): number | undefined;
  /** A schedule failed: later ones need not be run. */
  failed(schedule: number): void;
}

/**
 * Runs schedules until one fails. Each follows from the seed and its number alone: whoever runs which of them, the lowest
 * that fails is the same.
 */
export function* samplingSearch(
  laboratory: Laboratory,
  strategy: Strategy,
  share: Share,
  statistics: Statistics,
  everyTwice: boolean,
): Runs<Failing | undefined> {
  yield* calibrate(laboratory, strategy);
  for (let schedule = share.next(0); schedule !== undefined; schedule = share.next(schedule + 1)) {
    const { run, drawn, failure: failed } = yield* laboratory.sample(strategy, schedule);
    statistics.count(run);
    const recipe = recipeOf(run, drawn.values);
    const again = everyTwice || isSpotCheck(schedule);
    const failure = failed ?? (again ? yield* twice(laboratory, recipe) : undefined);
    if (failure) {
      share.failed(schedule);
      return { schedule, failure, recipe };
    }
  }
  return undefined;
}

/** A schedule that belongs to no share, and is the same for everybody. Should it fail, so will the search soon. */
function* calibrate(laboratory: Laboratory, strategy: Strategy): Runs<void> {
  if (!strategy.calibrate) return;
  const { run } = yield* laboratory.sample(strategy, 0);
  strategy.calibrate({
    steps: run.steps,
    byTask: run.tasks.map(({ life }) => life.chains.reduce((sum, { released }) => sum + released, 0)),
  });
}

export function recipeOf({ options, picks, choices }: Run, draws: readonly number[]): Recipe {
  return { draws, seed: options.seed, picks, choices };
}

/** What is nondeterministic is so in most schedules: a few are looked at, ever fewer as the search goes on. */
function isSpotCheck(schedule: number): boolean {
  return schedule < 2 || (schedule >= 100 && /^10*$/.test(String(schedule)));
}
