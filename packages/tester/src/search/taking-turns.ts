import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { Chronicle } from '../strategy/chronicle.ts';
import type { Laboratory } from './laboratory.ts';

/** Orders of whole tasks that are tried: all of four tasks. */
const MOST_ORDERS = 24;

/** Steps that one task makes in a row: their numbers, from 1. */
export interface Turn {
  readonly task: string;
  readonly from: number;
  readonly to: number;
}

/**
 * What is known of the schedules in which no task is interrupted: each goes on until it can go on no more. A failure that
 * shows in one of these is a matter of what the tasks do, and of who is first as a whole, and not of what comes in between.
 */
export interface TakingTurns {
  /** The turns of the schedule itself, if no task is interrupted in it. */
  readonly turns: readonly Turn[] | undefined;
  /** Orders of whole tasks that were tried. */
  readonly tried: number;
  /** Of these, those in which it failed in the same way: the tasks, the first first. */
  readonly failing: readonly (readonly string[])[];
}

/** Runs a failing schedule's program with its tasks one after the other, in several orders. */
export function* takingTurns(
  laboratory: Laboratory,
  recipe: Recipe,
  chronicle: Chronicle,
  failure: Failure,
): Runs<TakingTurns> {
  const { steps, opening, interrupted } = chronicle;
  const plan = { fair: recipe.fair, opening, steps };
  const orders = ordersOf([...new Set(steps.map(({ task }) => task))]);
  const names: string[] = [];
  const failing: number[][] = [];
  for (const order of orders) {
    const { run } = yield* laboratory.inTurns(recipe, plan, order);
    if (names.length === 0) names.push(...run.tasks.map(({ name }) => name));
    if (sameFailure(run.failure, failure)) failing.push(order);
  }
  const named = (task: number) => names[task] as string;
  const turns = turnsOf(steps.map(({ task }) => task));
  return {
    turns: interrupted ? undefined : turns.map(({ task, ...turn }) => ({ task: named(task), ...turn })),
    tried: orders.length,
    failing: failing.map((order) => order.map(named)),
  };
}

function turnsOf(tasks: readonly number[]): { task: number; from: number; to: number }[] {
  const turns: { task: number; from: number; to: number }[] = [];
  for (const [at, task] of tasks.entries()) {
    const last = turns.at(-1);
    if (last?.task === task) last.to = at + 1;
    else turns.push({ task, from: at + 1, to: at + 1 });
  }
  return turns;
}

/** The order in which they came, and others: all if there are few, else so many that each is first once, and last once. */
function ordersOf(tasks: readonly number[]): number[][] {
  const all =
    tasks.length <= 4 ? permutations(tasks) : [...rotations(tasks), ...rotations(tasks.toReversed())];
  return all.slice(0, MOST_ORDERS);
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

function rotations(items: readonly number[]): number[][] {
  return items.map((_, at) => [...items.slice(at), ...items.slice(0, at)]);
}
