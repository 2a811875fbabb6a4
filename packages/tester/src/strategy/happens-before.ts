import { conflicts, type Footprint, joined } from '../engine/footprint.ts';

/** A step of the schedule, as far as it tells of itself. */
export interface Made {
  readonly chain: number;
  readonly footprint: Footprint;
  /** For a timer: when it was due. */
  readonly due: number | undefined;
  /** The steps that it had to come behind, from 1. */
  readonly madeIn: readonly number[];
  /**
   * If it was one of branches that are joined: which was the last of them, and what was touched in that one behind the join.
   * Any of them might have been the last, and have touched that.
   */
  readonly fork?: { readonly last: number; readonly behind: Footprint } | undefined;
}

/** A step of the schedule that is being run. */
export interface Executed extends Made {
  /** Its place in the schedule, from 1. */
  readonly index: number;
  /** For each chain the last of its steps that had to be before this one, or is this one. */
  readonly clock: ReadonlyMap<number, number>;
  /** What must be before it for other reasons than a conflict: its chain's last step, and those that made it. */
  readonly bound: ReadonlyMap<number, number>;
}

/** Whether the first had to be before the second. */
export function before(one: Executed, other: Executed): boolean {
  return (other.clock.get(one.chain) ?? 0) >= one.index;
}

/** The step that follows `steps`. */
export function stepAfter(steps: readonly Executed[], made: Made): Executed {
  const { chain } = made;
  const index = steps.length + 1;
  const bound = new Map<number, number>();
  const last = steps.findLast((step) => step.chain === chain);
  if (last) add(bound, last.clock);
  for (const at of made.madeIn) {
    const maker = steps[at - 1];
    if (maker) add(bound, maker.clock);
  }
  const clock = new Map(bound);
  for (let at = index - 2; at >= 0; at--) {
    const step = steps[at] as Executed;
    if ((clock.get(step.chain) ?? 0) < step.index && dependent(step, made)) add(clock, step.clock);
  }
  clock.set(chain, index);
  return { ...made, index, clock, bound };
}

/** Whether the order of the two may make a difference. What is behind a join comes after all of its branches, in any order. */
export function dependent(one: Made, other: Made): boolean {
  if (conflicts(one.footprint, other.footprint)) return true;
  if (one.fork?.last === other.fork?.last) return false;
  return conflicts(withBehind(one), withBehind(other));
}

function withBehind({ footprint, fork }: Made): Footprint {
  return fork ? joined(footprint, fork.behind) : footprint;
}

/** The steps that conflict with `later`, with nothing in between that keeps the two from changing places. */
export function racesWith(steps: readonly Executed[], later: Executed): Executed[] {
  const races: Executed[] = [];
  const known = new Map(later.bound);
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at] as Executed;
    if ((known.get(step.chain) ?? 0) >= step.index || !dependent(step, later)) continue;
    // Two timers cannot change places; but what made the other be due first may change places with `later`.
    if (step.due !== undefined && later.due !== undefined && step.due < later.due) continue;
    if (step.chain !== later.chain) races.push(step);
    add(known, step.clock);
  }
  return races;
}

/**
 * The chains that could go on in place of `earlier` on the way to `later` being before it: of the steps in between that
 * need not be after `earlier`, and `later` itself, those that nothing else of these has to precede.
 */
export function initials(steps: readonly Executed[], earlier: Executed, later: Executed): number[] {
  const between = steps.slice(earlier.index, later.index - 1).filter((step) => !before(earlier, step));
  const all = [...between, later];
  const first = all.filter((step, at) => !all.slice(0, at).some((other) => before(other, step)));
  return [...new Set(first.map(({ chain }) => chain))];
}

function add(clock: Map<number, number>, other: ReadonlyMap<number, number>): void {
  for (const [chain, index] of other) {
    if ((clock.get(chain) ?? 0) < index) clock.set(chain, index);
  }
}
