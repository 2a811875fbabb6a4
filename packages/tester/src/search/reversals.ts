import type { StepOrder } from '../strategy/step-order.ts';

/** Two racing steps of a schedule, by their places from 0. */
export interface Pair {
  readonly earlier: number;
  readonly later: number;
}

/** All racing pairs, the closest first: the closer two steps are, the less else changes when they change places. */
export function racingPairs(order: StepOrder): Pair[] {
  const pairs: Pair[] = [];
  for (let later = 1; later < order.length; later++) {
    for (let earlier = 0; earlier < later; earlier++) {
      if (order.races(earlier, later)) pairs.push({ earlier, later });
    }
  }
  return pairs.toSorted((one, other) => distance(one) - distance(other));
}

/**
 * The places of all steps in the order in which the later of the pair comes first. What has to be before it comes along;
 * all else keeps its order.
 */
export function reversed(order: StepOrder, { earlier, later }: Pair): number[] {
  const comesAlong = (step: number) =>
    order.controls(step, later) || (order.precedes(step, later) && !order.precedes(earlier, step));
  const between = range(earlier + 1, later);
  return [
    ...range(0, earlier),
    ...between.filter(comesAlong),
    later,
    earlier,
    ...between.filter((step) => !comesAlong(step)),
    ...range(later + 1, order.length),
  ];
}

/** Whether to reverse `pair` is to reverse `part` too. */
export function includes(order: StepOrder, pair: Pair, part: Pair): boolean {
  const isOrControls = (one: number, other: number) => one === other || order.controls(one, other);
  return isOrControls(pair.earlier, part.earlier) && isOrControls(part.later, pair.later);
}

function distance({ earlier, later }: Pair): number {
  return later - earlier;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
