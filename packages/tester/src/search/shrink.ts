import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import { decodePick, encodePick } from '../engine/pick-code.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { Followed, Laboratory } from './laboratory.ts';

export interface Shrunk {
  readonly recipe: Recipe;
  readonly replays: number;
  readonly from: Size;
  readonly to: Size;
}

interface Size {
  /** Draws that the program was made of. */
  readonly draws: number;
  readonly faults: number;
  /** How often another task goes on than the one before. */
  readonly switches: number;
  readonly steps: number;
}

/**
 * Makes a failing schedule smaller as long as it keeps failing in the same way: first what the tasks shall do, then the
 * faults, then the switches between tasks. Each candidate is followed as far as it can be, and what was really run takes
 * its place, so that every step of the way is a schedule that happened.
 */
export class Shrinker {
  private readonly laboratory: Laboratory;
  private readonly failure: Failure;
  private readonly maxReplays: number;
  private readonly maxPreemptions: number;
  private best: Followed;
  private replays = 0;
  private steps = 0;

  constructor(
    laboratory: Laboratory,
    failure: Failure,
    found: Followed,
    { maxReplays, maxPreemptions }: { readonly maxReplays: number; readonly maxPreemptions: number },
  ) {
    this.laboratory = laboratory;
    this.failure = failure;
    this.maxReplays = maxReplays;
    this.maxPreemptions = maxPreemptions;
    this.best = found;
  }

  *shrink(): Runs<Shrunk> {
    const from = sizeOf(this.best);
    yield* this.accept({ ...this.best.recipe, seed: 0 });
    let smaller = true;
    while (smaller && this.mayGoOn) {
      const before = this.best;
      yield* this.program();
      yield* this.faults();
      yield* this.schedule();
      smaller = this.best !== before;
    }
    return { recipe: this.best.recipe, replays: this.replays, from, to: sizeOf(this.best) };
  }

  /** Leaves out elements of lists, the longest first, then makes single numbers smaller. */
  private *program(): Runs<void> {
    yield* this.each(
      ({ drawn }) => drawn.spans.toSorted((a, b) => b.to - b.from - (a.to - a.from)),
      ({ recipe }, { from, to }) => ({
        ...recipe,
        draws: [...recipe.draws.slice(0, from), ...recipe.draws.slice(to)],
      }),
      this.acceptProgram,
    );
    for (const smaller of [() => 0, (value: number) => value >> 1, (value: number) => value - 1]) {
      yield* this.each(
        ({ recipe }) => [...recipe.draws.keys()].filter((at) => (recipe.draws[at] as number) > 0),
        ({ recipe }, at) => ({
          ...recipe,
          draws: recipe.draws.with(at, smaller(recipe.draws[at] as number)),
        }),
        this.acceptProgram,
      );
    }
  }

  private *faults(): Runs<void> {
    yield* this.each(
      ({ recipe }) => [...recipe.picks.keys()].filter((at) => decodePick(recipe.picks[at] as number).fault),
      ({ recipe }, at) => {
        const pick = { ...decodePick(recipe.picks[at] as number), fault: undefined };
        return { ...recipe, picks: recipe.picks.with(at, encodePick(pick)) };
      },
    );
    yield* this.each(
      ({ recipe }) =>
        [...recipe.picks.keys()].filter(
          (at) => decodePick(recipe.picks[at] as number).fault === 'crash-late',
        ),
      ({ recipe }, at) => {
        const pick = { ...decodePick(recipe.picks[at] as number), fault: 'crash' as const };
        return { ...recipe, picks: recipe.picks.with(at, encodePick(pick)) };
      },
    );
    yield* this.each(
      ({ recipe }) => [...recipe.choices.keys()].filter((at) => (recipe.choices[at] as number) > 0),
      ({ recipe }, at) => ({ ...recipe, choices: recipe.choices.with(at, 0) }),
    );
  }

  /** Lets a task go on where it was interrupted, by cutting blocks out and by bringing those of one task together. */
  private *schedule(): Runs<void> {
    yield* this.each(blocksOf, (best, { from }) => cut(best, from, best.run.picks.length));
    yield* this.each(blocksOf, (best, { from, to }) => cut(best, from, to));
    yield* this.each(blocksOf, (best, { from, to }, all) => {
      const next = all.find((block) => block.from === to);
      return next && swapped(best, from, to, next.to);
    });
    yield* this.each(blocksOf, (best, { from }) => cut(best, from, from + 1));
    yield* this.each(blocksOf, (best, { to }) => cut(best, to - 1, to));
  }

  /** Tries a change at each of the places, of which there may be others once one was made. */
  private *each<P>(
    placesOf: (best: Followed) => readonly P[],
    changed: (best: Followed, place: P, all: readonly P[]) => Recipe | undefined,
    accept = this.accept,
  ): Runs<void> {
    let places = placesOf(this.best);
    for (let at = 0; at < places.length && this.mayGoOn; at++) {
      const recipe = changed(this.best, places[at] as P, places);
      if (!recipe || !(yield* accept.call(this, recipe))) continue;
      places = placesOf(this.best);
      at--; // the next one has taken its place; at worst the same is tried again
    }
  }

  private get mayGoOn(): boolean {
    return this.replays < this.maxReplays && this.steps < this.maxReplays * STEPS_PER_REPLAY;
  }

  private *accept(recipe: Recipe): Runs<boolean> {
    this.replays++;
    const attempt = yield* this.laboratory.follow(recipe);
    this.steps += attempt.run.steps;
    if (!sameFailure(attempt.run.failure, this.failure) || !isSmaller(attempt, this.best)) return false;
    if (attempt.replay.preemptions > this.maxPreemptions) return false;
    this.best = attempt;
    return true;
  }

  /** A smaller program may need another schedule: if the old one leads nowhere, a few others are tried. */
  private *acceptProgram(recipe: Recipe): Runs<boolean> {
    if (yield* this.accept(recipe)) return true;
    const { best } = this;
    if (!hasSmallerProgram(recipe, best.recipe)) return false;
    this.replays += NEW_SCHEDULES;
    const other = yield* this.laboratory.tryAnew(recipe, this.failure, NEW_SCHEDULES);
    return other !== undefined && (yield* this.accept(other));
  }
}

const NEW_SCHEDULES = 10;
/** Long schedules get fewer replays, so that those that never end do not take for ever to shrink. */
const STEPS_PER_REPLAY = 50;

interface Block {
  readonly from: number;
  readonly to: number;
}

/** The stretches of a schedule in which one task goes on. */
function blocks(picks: readonly number[]): Block[] {
  const found: Block[] = [];
  for (let from = 0; from < picks.length; ) {
    const { task } = decodePick(picks[from] as number);
    let to = from + 1;
    while (to < picks.length && decodePick(picks[to] as number).task === task) to++;
    found.push({ from, to });
    from = to;
  }
  return found;
}

function blocksOf({ run }: Followed): Block[] {
  return blocks(run.picks);
}

function cut({ recipe, run: { picks } }: Followed, from: number, to: number): Recipe {
  return { ...recipe, picks: [...picks.slice(0, from), ...picks.slice(to)] };
}

function swapped({ recipe, run: { picks } }: Followed, from: number, middle: number, to: number): Recipe {
  const turned = [...picks.slice(middle, to), ...picks.slice(from, middle)];
  return { ...recipe, picks: [...picks.slice(0, from), ...turned, ...picks.slice(to)] };
}

export function sizeOf({ recipe, run }: Followed): Size {
  return {
    draws: recipe.draws.length,
    faults: run.picks.filter((pick) => decodePick(pick).fault).length,
    switches: Math.max(0, blocks(run.picks).length - 1),
    steps: run.steps,
  };
}

/** Smaller in the first respect in which they differ. */
function isSmaller(one: Followed, other: Followed): boolean {
  const [a, b] = [measure(one), measure(other)];
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

function measure(followed: Followed): number[] {
  const { faults, switches, steps } = sizeOf(followed);
  const { recipe } = followed;
  const told = recipe.picks.length;
  return [...programSize(recipe), faults, sum(recipe.choices), switches, steps, told, recipe.seed];
}

function programSize({ draws }: Recipe): number[] {
  return [draws.length, sum(draws)];
}

function hasSmallerProgram(one: Recipe, other: Recipe): boolean {
  const [[count = 0, total = 0], [otherCount = 0, otherTotal = 0]] = [programSize(one), programSize(other)];
  return count < otherCount || (count === otherCount && total < otherTotal);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
