import type { Failure } from '../engine/failure.ts';
import type { Recipe } from '../engine/recipe.ts';

/** A schedule that failed. */
export interface Failing {
  /** The number of the schedule, or in an exhaustive search of the program. */
  readonly at: number;
  readonly failure: Failure;
  readonly recipe: Recipe;
}
