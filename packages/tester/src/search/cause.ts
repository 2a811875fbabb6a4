import type { Runs } from '../engine/drive.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { TraceStep } from '../engine/trace.ts';
import type { Chronicle, Chronicled } from '../strategy/chronicle.ts';
import { StepOrder } from '../strategy/step-order.ts';
import { MOST_ORDERED } from './in-canonical-order.ts';
import type { Laboratory, Rerun } from './laboratory.ts';
import { includes, type Pair, racingPairs, reversed } from './reversals.ts';

/** Reversals are run until there were so many of them, or of their steps. */
const MOST_REPLAYS = 500;
const MOST_STEPS = 50_000;

/** What a failing schedule cannot do without. */
export interface Cause {
  /**
   * Whenever one of these pairs, and as little else as can be, is the other way round, the schedule passes. The latest
   * comes first.
   */
  readonly races: readonly Race[];
  /** Steps that met a fault; without one of these faults, the schedule passes. */
  readonly faults: readonly CauseStep[];
  /** Racing pairs whose reversal was run. */
  readonly tried: number;
  /** Racing pairs whose reversal would have been too many replays. */
  readonly untried: number;
}

/** `first` came before `second`. The code would have let them come the other way round. */
export interface Race {
  readonly first: CauseStep;
  readonly second: CauseStep;
}

/** A step of the schedule, whose number, from 1, it is. */
export interface CauseStep extends TraceStep {
  readonly step: number;
}

/** The cause of a failing schedule that is known only by its recipe. */
export function* causeOf(laboratory: Laboratory, recipe: Recipe): Runs<Cause | undefined> {
  return yield* seekCause(laboratory, yield* laboratory.again(recipe));
}

/** Reverses each pair of racing steps of a failing schedule, one at a time, to see which reversals make it pass. */
export function* seekCause(laboratory: Laboratory, failing: Rerun): Runs<Cause | undefined> {
  const { run, strategy: chronicle } = yield* laboratory.chronicle(failing.recipe);
  if (run.steps > MOST_ORDERED || run.steps !== failing.run.steps) return undefined;
  const subject = { laboratory, recipe: failing.recipe, chronicle };
  const faults = yield* neededFaults(subject);
  const { mending, ...counts } = yield* mendingPairs(subject);
  const { steps } = failing.trace;
  const stepAt = (at: number): CauseStep => ({ step: at + 1, ...(steps[at] as TraceStep) });
  const races = mending.map(({ earlier, later }) => ({ first: stepAt(earlier), second: stepAt(later) }));
  return { races, faults: faults.map(stepAt), ...counts };
}

interface Subject {
  readonly laboratory: Laboratory;
  readonly recipe: Recipe;
  readonly chronicle: Chronicle;
}

/** The places of the steps without whose faults the schedule passes. */
function* neededFaults(subject: Subject): Runs<number[]> {
  const { steps } = subject.chronicle;
  const needed: number[] = [];
  for (const [at, step] of steps.entries()) {
    if (!step.fault) continue;
    const { run } = yield* rerun(subject, steps.with(at, { ...step, fault: undefined }));
    if (!run.failure) needed.push(at);
  }
  return needed;
}

function* mendingPairs(subject: Subject): Runs<{ mending: Pair[]; tried: number; untried: number }> {
  const order = new StepOrder(subject.chronicle.steps);
  const mending: Pair[] = [];
  let [tried, untried, steps] = [0, 0, 0];
  for (const pair of racingPairs(order)) {
    // Where a part of a reversal suffices, the part says more.
    if (mending.some((part) => includes(order, pair, part))) continue;
    if (tried >= MOST_REPLAYS || steps >= MOST_STEPS) {
      untried++;
      continue;
    }
    const other = yield* reverse(subject, order, pair);
    tried++;
    steps += other.steps;
    if (other.passes) mending.push(pair);
  }
  // The last to be decided comes first: until its first step, the schedule could still have gone well.
  mending.sort((one, other) => other.earlier - one.earlier || one.later - other.later);
  return { mending, tried, untried };
}

/** Runs the schedule with a pair the other way round. A pair that could not be turned round is no pass. */
function* reverse(
  subject: Subject,
  order: StepOrder,
  pair: Pair,
): Runs<{ readonly passes: boolean; readonly steps: number }> {
  const { steps } = subject.chronicle;
  const places = reversed(order, pair);
  const { run, strategy } = yield* rerun(
    subject,
    places.map((at) => steps[at] as Chronicled),
  );
  const turned = strategy.kept > places.indexOf(pair.later);
  return { passes: turned && run.failure === undefined, steps: run.steps };
}

function rerun({ laboratory, recipe, chronicle }: Subject, steps: readonly Chronicled[]) {
  return laboratory.reorder(recipe, { fair: recipe.fair, opening: chronicle.opening, steps });
}
