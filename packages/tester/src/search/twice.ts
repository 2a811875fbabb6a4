import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { TraceStep } from '../engine/trace.ts';
import type { Laboratory } from './laboratory.ts';

/**
 * Runs a schedule twice and compares every call and every answer. What differs comes from something that is not under
 * control: the real clock, `Math.random`, a real timer, state that outlived the schedule before.
 */
export function* twice(laboratory: Laboratory, recipe: Recipe): Runs<Failure | undefined> {
  const one = yield* laboratory.again(recipe);
  const other = yield* laboratory.again(recipe);
  const step = firstDifference(one.trace.steps, other.trace.steps);
  if (step === undefined && sameFailure(one.run.failure, other.run.failure)) return undefined;
  const [before, now] = [one, other].map(({ trace }) => show(trace.steps[step ?? trace.steps.length]));
  return {
    kind: 'nondeterminism',
    message: 'the same schedule, run twice, went two ways: something is not under control',
    step: step ?? one.trace.steps.length,
    details: [`step ${(step ?? one.trace.steps.length) + 1}`, `first:  ${before}`, `second: ${now}`],
  };
}

function firstDifference(one: readonly TraceStep[], other: readonly TraceStep[]): number | undefined {
  const length = Math.max(one.length, other.length);
  for (let step = 0; step < length; step++) {
    if (show(one[step]) !== show(other[step])) return step;
  }
  return undefined;
}

function show(step: TraceStep | undefined): string {
  return step ? `${step.task}: ${step.label} ${step.outcome ?? '(no answer)'}` : 'the end';
}
