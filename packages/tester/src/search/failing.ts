import type { Failure } from '../engine/failure.ts';
import type { Recipe } from '../engine/recipe.ts';

/** A schedule that failed. */
export interface Failing {
  /** The place in the search: of the schedule, or in an exhaustive search of the program. */
  readonly at: number;
  /** The number of the program, in an exhaustive search. */
  readonly program?: number;
  /** No schedule fails with fewer preemptions. Only if they were tried in that order. */
  readonly preemptions?: number;
  readonly failure: Failure;
  readonly recipe: Recipe;
}
