import type { Runs } from '../engine/drive.ts';
import type { Failure } from '../engine/failure.ts';
import type { Run } from '../engine/run.ts';
import type { Strategy } from '../engine/strategy.ts';
import type { Laboratory } from './laboratory.ts';
import type { ExploreOptions } from './options.ts';
import type { Share } from './share.ts';
import type { Statistics } from './statistics.ts';
import type { Recipe } from './token.ts';
import { twice } from './twice.ts';

/** The first schedule that failed. */
export interface Failing {
  /** The number of the schedule, or in an exhaustive search of the program. */
  readonly at: number;
  readonly failure: Failure;
  readonly recipe: Recipe;
}

/**
 * Runs schedules until one fails. Each follows from the seed and its number alone: whoever runs which of them, the lowest
 * that fails is the same.
 */
export function* samplingSearch(
  laboratory: Laboratory,
  strategy: Strategy,
  { schedules = 1000, twice: everyTwice = false }: ExploreOptions,
  share: Share,
  statistics: Statistics,
): Runs<Failing | undefined> {
  yield* calibrate(laboratory, strategy);
  for (let schedule = 0; schedule < schedules && !share.ends(schedule); schedule++) {
    if (!share.owns(schedule)) continue;
    const { run, drawn, failure: failed } = yield* laboratory.sample(strategy, schedule);
    statistics.count(run);
    const recipe = recipeOf(run, drawn.values);
    const again = everyTwice || isSpotCheck(schedule);
    const failure = failed ?? (again ? yield* twice(laboratory, recipe) : undefined);
    if (failure) {
      share.failed(schedule);
      return { at: schedule, failure, recipe };
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
