import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import type { Recipe } from '../engine/recipe.ts';
import { StepOrder } from '../strategy/step-order.ts';
import { canonicalOrder } from './canonical-order.ts';
import type { Laboratory } from './laboratory.ts';

/** Longer schedules are read by nobody, and what orders their steps takes long to find out. */
export const MOST_ORDERED = 1000;

/**
 * The schedule in the order in which it always looks the same, whichever of its equivalents was found; or as it is, if
 * it does not fail in the same way then, which only a footprint that says too little can bring about, or takes more
 * preemptions than it may.
 */
export function* inCanonicalOrder(
  laboratory: Laboratory,
  failure: Failure,
  recipe: Recipe,
  maxPreemptions: number,
): Runs<Recipe> {
  const { run, strategy: chronicle } = yield* laboratory.chronicle(recipe);
  if (run.steps > MOST_ORDERED) return recipe;
  const { steps, opening } = chronicle;
  const order = canonicalOrder(steps, new StepOrder(steps));
  const plan = { fair: recipe.fair, opening, steps: order.map((at) => steps[at] as (typeof steps)[number]) };
  const { run: ordered } = yield* laboratory.reorder(recipe, plan);
  const again = yield* laboratory.follow({ ...recipe, picks: ordered.picks, choices: ordered.choices });
  const same = sameFailure(again.run.failure, failure) && again.run.steps === run.steps;
  return same && again.replay.preemptions <= maxPreemptions ? again.recipe : recipe;
}
