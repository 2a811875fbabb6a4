import { conflicts, everything, type Footprint, joined, nothing } from '../engine/footprint.ts';
import type { Fault, Point } from '../engine/point.ts';
import { ABANDON, type Strategy } from '../engine/strategy.ts';
import { type Executed, initials, type Made, racesWith, stepAfter } from './happens-before.ts';

export interface ExhaustiveOptions {
  /**
   * With reduction (the default), one schedule of each class of those that differ only in the order of steps that do not
   * conflict; without, every schedule.
   */
  readonly reduction?: boolean;
  /** At most so many times a task is interrupted that could have gone on. Complete for this bound, then. */
  readonly preemptions?: number;
  /**
   * All schedules without a preemption first, then all with one, and so on, until one fails or no more could be had: what
   * fails has the fewest preemptions that there are (iterative context bounding, Musuvathi and Qadeer, PLDI 2007). Those
   * with fewer are run again each time.
   */
  readonly order?: 'preemptions';
}

/** A chain that was explored here already: nothing new comes of it until something happens that conflicts with it. */
interface Asleep {
  readonly chain: number;
  readonly footprint: Footprint;
}

/** One decision of the schedule that is being run, and what is still to be tried there. */
interface Node {
  /** The chain that goes on here. */
  chain: number;
  readonly enabled: readonly number[];
  /** Chains to be tried here, those that were included. */
  readonly backtrack: Set<number>;
  readonly done: Set<number>;
  readonly asleep: Asleep[];
  /** What was chosen within the step besides the order: faults and values. */
  choices: { readonly count: number; value: number }[];
  /** All that the chain's step touched, in any of the variants that the choices make of it. */
  touched: Footprint;
  step: Executed | undefined;
  /** Preemptions before this. */
  readonly preemptions: number;
}

/**
 * All schedules, one after the other, by running again up to the last decision with something left to try.
 *
 * The reduction is that of source sets with sleep sets (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014): after each step
 * the earlier steps that it races with are found, and where they could have been the other way round, that is tried too.
 * What counts as conflicting is what steps have really touched: the footprint of the call, and all that is touched until
 * everyone is parked again. With a bound on preemptions, sleep sets are off, and each race is also tried from where the
 * interrupted task was last switched to (Coons, Musuvathi and McKinley, OOPSLA 2013), since the bound may forbid it where
 * it occurs.
 */
export class Exhaustive implements Strategy {
  readonly name: string;
  readonly fair = false;
  /** Whether all was tried. */
  complete = false;
  /** What was different from the last time, in the part of the schedule that was to be the same. */
  lost: string | undefined;
  /** Whether the bound kept it from trying something. If not, no larger bound has more. */
  cut = false;
  private readonly reduction: boolean;
  private readonly bound: number;
  /** The first is the start of the schedule, where no point was released yet. */
  private path: Node[] = [];
  private depth = 0;
  private chosen = 0;
  /** From this node on, the schedule is another than the last one. */
  private fresh = 0;
  /** Timers that the running step has cancelled. */
  private takenBack: Point[] = [];

  constructor({ reduction = true, preemptions = Number.POSITIVE_INFINITY, order }: ExhaustiveOptions = {}) {
    this.reduction = reduction;
    this.bound = preemptions;
    const ordered = order ? ', fewest preemptions first' : '';
    const bounded = Number.isFinite(preemptions) ? `, at most ${preemptions} preemptions` : '';
    this.name = `exhaustive (${reduction ? 'reduced' : 'every order'}${ordered}${bounded})`;
  }

  begin(): boolean {
    if (this.complete || this.lost) return false;
    if (this.path.length === 0) this.path.push(node(-1, [], [], 0));
    else if (!this.next()) {
      this.complete = true;
      return false;
    }
    this.depth = 0;
    this.chosen = 0;
    this.takenBack = [];
    return true;
  }

  pick(enabled: readonly Point[]): number {
    this.depth++;
    this.chosen = 0;
    const known = this.path[this.depth];
    if (!known) return this.extend(enabled);
    const index = enabled.findIndex(({ chain }) => chain.id === known.chain);
    if (index >= 0) return index;
    this.lost = `step ${this.depth} cannot be made again: what went on there before does not wait there now`;
    return ABANDON;
  }

  fault(_: Point, faults: readonly Fault[]): Fault | undefined {
    return faults[this.choose(faults.length + 1) - 1];
  }

  choose(count: number): number {
    const { choices } = this.path[this.depth] as Node;
    const known = choices[this.chosen++];
    if (known) return known.value;
    choices.push({ count, value: 0 });
    return 0;
  }

  executed(point: Point, footprint: Footprint): void {
    if (this.depth < this.fresh) {
      this.takenBack = [];
      return;
    }
    const current = this.path[this.depth] as Node;
    current.touched = joined(current.touched, footprint);
    current.step = stepAfter(this.steps(), madeOf(point, footprint));
    if (this.reduction) {
      this.tryRaces(current.step);
      for (const each of this.takenBack) this.tryEarlier(each);
    }
    this.takenBack = [];
  }

  joined(others: readonly number[], behind: Footprint): void {
    if (this.depth < this.fresh) return;
    const last = this.depth;
    const fork = { last, behind };
    for (const index of [...others, last]) {
      const at = this.path[index] as Node;
      at.touched = joined(at.touched, behind);
      at.step = { ...(at.step as Executed), fork };
    }
    for (let index = Math.min(...others); index <= last; index++) this.lookAgain(this.path[index] as Node);
  }

  /** More is known of what the branches of a fork may touch: other steps may have to be before this, and race with it. */
  private lookAgain(at: Node): void {
    const step = at.step as Executed;
    at.step = stepAfter(this.steps().slice(0, step.index - 1), step);
    if (this.reduction) this.tryRaces(at.step);
  }

  cancelled(point: Point): void {
    this.takenBack.push(point);
  }

  /** What could still have gone on might have gone on before the end, although nobody waited for it. */
  end(pending: readonly Point[]): void {
    if (!this.reduction) return;
    for (const point of pending) this.tryEarlier(point);
  }

  /** Tries a point, which was not released, where it might have been. What it would have touched is not known. */
  private tryEarlier(point: Point): void {
    this.tryRaces(stepAfter(this.steps(), madeOf(point, everything)));
  }

  /** The steps that were made so far. */
  private steps(): readonly Executed[] {
    return this.path.flatMap(({ step }) => step ?? []);
  }

  /** Moves the last decision with something left to try on to the next thing to try. */
  private next(): boolean {
    for (let last = this.path.at(-1); last; last = this.path.at(-1)) {
      if (nextVariant(last) || this.nextChain(last)) {
        last.step = undefined;
        this.fresh = this.path.length - 1;
        for (const at of this.path) if (at.step) at.step = unjoined(at.step, this.fresh);
        return true;
      }
      this.path.pop();
    }
    return false;
  }

  private nextChain(at: Node): boolean {
    at.done.add(at.chain);
    if (this.reduction && this.bound === Number.POSITIVE_INFINITY) {
      at.asleep.push({ chain: at.chain, footprint: at.touched });
    }
    const previous = this.path.at(-2);
    for (const chain of at.backtrack) {
      if (at.done.has(chain) || at.asleep.some((each) => each.chain === chain)) continue;
      if (at.preemptions + preempts(previous, at.enabled, chain) > this.bound) {
        this.cut = true;
        continue;
      }
      at.chain = chain;
      at.choices = [];
      at.touched = nothing;
      return true;
    }
    return false;
  }

  private extend(enabled: readonly Point[]): number {
    const previous = this.path.at(-1) as Node;
    const chains = enabled.map(({ chain }) => chain.id);
    const asleep = previous.asleep.filter(
      ({ chain, footprint }) =>
        chain !== previous.chain && !conflicts(footprint, previous.step?.footprint ?? nothing),
    );
    const awake = chains.filter((chain) => !asleep.some((each) => each.chain === chain));
    const chain = awake.includes(previous.chain) ? previous.chain : awake[0];
    if (chain === undefined) {
      this.depth--;
      return ABANDON;
    }
    const before = this.path.at(-2);
    const spent = previous.preemptions + preempts(before, previous.enabled, previous.chain);
    const made = node(chain, chains, asleep, spent);
    for (const each of this.reduction ? [chain] : chains) made.backtrack.add(each);
    this.path.push(made);
    return chains.indexOf(chain);
  }

  private tryRaces(later: Executed): void {
    const steps = this.steps().slice(0, later.index - 1);
    for (const earlier of racesWith(steps, later)) {
      const first = initials(steps, earlier, later);
      this.tryOneOf(earlier.index, first);
      if (this.bound < Number.POSITIVE_INFINITY) this.tryOneOf(this.blockStart(earlier.index), first);
    }
  }

  private tryOneOf(index: number, first: readonly number[]): void {
    const at = this.path[index] as Node;
    const bounded = this.bound < Number.POSITIVE_INFINITY;
    if (
      !bounded &&
      first.some((chain) => at.backtrack.has(chain) || at.asleep.some((each) => each.chain === chain))
    ) {
      return;
    }
    const possible = first.filter((chain) => at.enabled.includes(chain));
    // With a bound, the one that is cheapest here need not be the one that is cheapest to go on with: all are tried.
    const wanted = possible.length === 0 ? at.enabled : bounded ? possible : possible.slice(-1);
    for (const chain of wanted) at.backtrack.add(chain);
  }

  /** Where the task that goes on at this node was switched to. */
  private blockStart(index: number): number {
    let start = index;
    while (start > 1 && (this.path[start - 1] as Node).chain === (this.path[index] as Node).chain) start--;
    return start;
  }
}

function madeOf({ chain, due, madeIn }: Point, footprint: Footprint): Made {
  return { chain: chain.id, footprint, due, madeIn };
}

/** The step, without a fork whose last branch is yet to come. */
function unjoined(step: Executed, fresh: number): Executed {
  return step.fork && step.fork.last >= fresh ? { ...step, fork: undefined } : step;
}

function node(chain: number, enabled: readonly number[], asleep: Asleep[], preemptions: number): Node {
  return {
    chain,
    enabled,
    backtrack: new Set(),
    done: new Set(),
    asleep,
    choices: [],
    touched: nothing,
    step: undefined,
    preemptions,
  };
}

function nextVariant(at: Node): boolean {
  while (at.choices.length > 0) {
    const last = at.choices.at(-1) as Node['choices'][number];
    if (last.value + 1 < last.count) {
      last.value++;
      return true;
    }
    at.choices.pop();
  }
  return false;
}

/** 1 if letting `chain` go on interrupts the one that went on before and still could. */
function preempts(previous: Node | undefined, enabled: readonly number[], chain: number): number {
  return previous && previous.chain !== chain && enabled.includes(previous.chain) ? 1 : 0;
}
