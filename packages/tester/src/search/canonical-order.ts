import type { Chronicled } from '../strategy/chronicle.ts';
import type { StepOrder } from '../strategy/step-order.ts';

/**
 * How many beginnings are kept, times the square of the steps: 200 of a hundred steps, 2 of a thousand. Those that come
 * last by the order of tasks are dropped.
 */
const MOST_WORK = 2_000_000;

/** Steps that were put in order, by their places from 0, and the same as a set: one bit each. */
interface Beginning {
  readonly order: readonly number[];
  readonly made: bigint;
}

interface Step {
  readonly at: number;
  readonly bit: bigint;
  /** What has to be before it. */
  readonly needs: bigint;
}

/**
 * Of all orders that are equivalent to this one, the one that depends on nothing else: tasks are switched as seldom as
 * can be, and where that leaves a choice, the first task goes on.
 *
 * It grows by whole blocks, in which one task goes on as far as it can. To go on never costs a switch, so the first order
 * that is whole has the fewest.
 */
export function canonicalOrder(steps: readonly Chronicled[], order: StepOrder): readonly number[] {
  const tasks = byTask(steps, order);
  const most = Math.max(1, Math.floor(MOST_WORK / steps.length ** 2));
  let beginnings: readonly Beginning[] = [{ order: [], made: 0n }];
  for (;;) {
    const whole = beginnings.find((each) => each.order.length === steps.length);
    if (whole) return whole.order;
    const longer = beginnings.flatMap((each) => tasks.flatMap((task) => goneOn(each, task)));
    beginnings = distinct(longer).slice(0, most);
  }
}

/** The steps of each task, by the names of the lines that they belong to: whatever the order was, this is the same. */
function byTask(steps: readonly Chronicled[], order: StepOrder): Step[][] {
  const all = [...steps.keys()];
  const bit = (at: number) => 1n << BigInt(at);
  const needs = (at: number) =>
    all
      .filter((other) => other < at && order.precedes(other, at))
      .reduce((set, other) => set | bit(other), 0n);
  const tasks = [...new Set(steps.map(({ task }) => task))].toSorted((a, b) => a - b);
  return tasks.map((task) =>
    all
      .filter((at) => steps[at]?.task === task)
      .toSorted((a, b) => compare(steps[a]?.line ?? '', steps[b]?.line ?? '') || a - b)
      .map((at) => ({ at, bit: bit(at), needs: needs(at) })),
  );
}

/** The beginning with all that the task can do next; nothing if it can do nothing. */
function goneOn({ order, made }: Beginning, task: readonly Step[]): Beginning[] {
  const block: number[] = [];
  let now = made;
  const next = () => task.find(({ bit, needs }) => (now & bit) === 0n && (needs & ~now) === 0n);
  for (let step = next(); step; step = next()) {
    block.push(step.at);
    now |= step.bit;
  }
  return block.length === 0 ? [] : [{ order: [...order, ...block], made: now }];
}

/** Of beginnings with the same steps the first. */
function distinct(beginnings: readonly Beginning[]): Beginning[] {
  const bySteps = new Map<bigint, Beginning>();
  for (const each of beginnings) if (!bySteps.has(each.made)) bySteps.set(each.made, each);
  return [...bySteps.values()];
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
