import type { Runs } from '../engine/drive.ts';
import type { Failure } from '../engine/failure.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { TraceStep } from '../engine/trace.ts';
import type { Chronicle, Chronicled } from '../strategy/chronicle.ts';
import type { Plan } from '../strategy/reordered.ts';
import { StepOrder } from '../strategy/step-order.ts';
import { MOST_ORDERED } from './in-canonical-order.ts';
import type { Laboratory, Rerun } from './laboratory.ts';
import { includes, type Pair, racingPairs, reversed } from './reversals.ts';
import { type TakingTurns, takingTurns } from './taking-turns.ts';

/** Pairs are reversed until there were so many of them, or of the steps that it took. */
const MOST_PAIRS = 500;
const MOST_STEPS = 50_000;

/** What a failing schedule cannot do without. */
export interface Cause {
  /**
   * Whenever one of these pairs, and as little else as can be, is the other way round, the schedule passes. The latest
   * comes first.
   */
  readonly races: readonly Race[];
  /** Whether it fails without that any task is interrupted. */
  readonly turns: TakingTurns;
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
  /**
   * It is not enough that `second` comes before `first`: all that its task can do from there has to. What that task does is
   * to be left alone.
   */
  readonly whole: boolean;
}

/** A step of the schedule, whose number, from 1, it is. */
export interface CauseStep extends TraceStep {
  readonly step: number;
}

/** Reverses each pair of racing steps of a failing schedule, one at a time, to see which reversals make it pass. */
export function* seekCause(laboratory: Laboratory, failing: Rerun): Runs<Cause | undefined> {
  const { run, strategy: chronicle } = yield* laboratory.chronicle(failing.recipe);
  if (run.steps > MOST_ORDERED || run.steps !== failing.run.steps) return undefined;
  const subject = { laboratory, recipe: failing.recipe, chronicle };
  const turns = yield* takingTurns(laboratory, failing.recipe, chronicle, run.failure as Failure);
  const faults = yield* neededFaults(subject);
  const { mending, ...counts } = yield* mendingPairs(subject);
  const { steps } = failing.trace;
  const stepAt = (at: number): CauseStep => ({ step: at + 1, ...(steps[at] as TraceStep) });
  const races = mending.map(({ earlier, later, whole }) => {
    return { first: stepAt(earlier), second: stepAt(later), whole };
  });
  return { races, faults: faults.map(stepAt), turns, ...counts };
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

interface Mending extends Pair {
  readonly whole: boolean;
}

/**
 * First the pairs that mend the schedule by themselves. Then, of those that do not, the ones that do if the task of the
 * later is let go on: unless it is as much as said by a pair that was found.
 */
function* mendingPairs(subject: Subject): Runs<{ mending: Mending[]; tried: number; untried: number }> {
  const order = new StepOrder(subject.chronicle.steps);
  const budget = { tried: 0, untried: 0, steps: 0 };
  const mending: Mending[] = [];
  const failed: Pair[] = [];
  for (const pair of racingPairs(order)) {
    // Where a part of a reversal suffices, the part says more.
    if (mending.some((part) => includes(order, pair, part))) continue;
    const passes = yield* passesReversed(subject, order, { ...pair, whole: false }, budget);
    if (passes) mending.push({ ...pair, whole: false });
    else failed.push(pair);
  }
  const { tried, untried } = budget;
  const says = (part: Pair, pair: Pair) => {
    return includesWhole(subject, order, pair, part) || likewise(subject, pair, part);
  };
  for (const pair of failed) {
    if (mending.some((part) => says(part, pair))) continue;
    const passes = yield* passesReversed(subject, order, { ...pair, whole: true }, budget);
    if (passes) mending.push({ ...pair, whole: true });
  }
  // The last to be decided comes first: until its first step, the schedule could still have gone well.
  mending.sort((one, other) => other.earlier - one.earlier || one.later - other.later);
  return { mending, tried, untried };
}

/** Whether to let the task of the later go on before the earlier is to reverse `part` too. */
function includesWhole({ chronicle: { steps } }: Subject, order: StepOrder, pair: Pair, part: Pair): boolean {
  const goesOn = part.later >= pair.later && steps[part.later]?.task === steps[pair.later]?.task;
  return goesOn && includes(order, pair, { ...part, later: pair.later });
}

/** Whether both are between the same two tasks, and of one step. */
function likewise({ chronicle: { steps } }: Subject, pair: Pair, part: Pair): boolean {
  const places = [part.earlier, part.later];
  const tasks = places.map((at) => steps[at]?.task);
  const isPart = (at: number) => tasks.includes(steps[at]?.task as number);
  const shared = places.includes(pair.earlier) || places.includes(pair.later);
  return shared && isPart(pair.earlier) && isPart(pair.later);
}

function* passesReversed(
  subject: Subject,
  order: StepOrder,
  { whole, ...pair }: Mending,
  budget: { tried: number; untried: number; steps: number },
): Runs<boolean> {
  if (budget.tried >= MOST_PAIRS || budget.steps >= MOST_STEPS) {
    budget.untried++;
    return false;
  }
  budget.tried++;
  const { passes, steps } = yield* reverse(subject, order, pair, whole);
  budget.steps += steps;
  return passes;
}

/**
 * Runs the schedule with a pair the other way round. A pair that could not be turned round is no pass.
 *
 * @param whole the earlier of the two waits as long as the task of the later can go on
 */
function* reverse(
  subject: Subject,
  order: StepOrder,
  pair: Pair,
  whole: boolean,
): Runs<{ readonly passes: boolean; readonly steps: number }> {
  const { steps } = subject.chronicle;
  const places = reversed(order, pair);
  const behind = places.indexOf(pair.later);
  const [earlier, later] = [steps[pair.earlier] as Chronicled, steps[pair.later] as Chronicled];
  const hold = whole ? { behind, task: later.task, chain: earlier.chain } : undefined;
  const { run, strategy } = yield* rerun(
    subject,
    places.map((at) => steps[at] as Chronicled),
    hold,
  );
  const turned = strategy.kept > behind;
  return { passes: turned && run.failure === undefined, steps: run.steps };
}

function rerun(
  { laboratory, recipe, chronicle }: Subject,
  steps: readonly Chronicled[],
  hold?: Plan['hold'],
) {
  return laboratory.reorder(recipe, { fair: recipe.fair, opening: chronicle.opening, steps, hold });
}
