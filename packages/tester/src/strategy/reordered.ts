import type { Fault, Point } from '../engine/point.ts';
import type { Strategy } from '../engine/strategy.ts';
import type { Chronicled } from './chronicle.ts';

/** Steps in the order in which they are to be made. */
export interface Plan {
  readonly fair: boolean;
  readonly opening: readonly number[];
  readonly steps: readonly Chronicled[];
  /** Once the step at this place was made, this chain waits as long as the task can go on. */
  readonly hold?: { readonly behind: number; readonly task: number; readonly chain: number } | undefined;
}

/**
 * Makes steps that were once made in another order, as far as that can be: of those that are left, always the first that
 * waits. When none does, or none is left, the task that ran last goes on if it can, else the first.
 */
export class Reordered implements Strategy {
  readonly name = 'reordered';
  readonly fair: boolean;
  /** How many of the steps were made at their places, before the first that was not. */
  kept = 0;
  private readonly left: Chronicled[];
  private readonly hold: Plan['hold'];
  private choices: readonly number[];
  private chosen = 0;
  private wanted: Fault | undefined;
  private last = -1;
  private made = 0;

  constructor({ fair, opening, steps, hold }: Plan) {
    this.fair = fair;
    this.choices = opening;
    this.left = [...steps];
    this.hold = hold;
  }

  begin(): boolean {
    return true;
  }

  pick(all: readonly Point[]): number {
    const enabled = this.released(all);
    const at = this.left.findIndex(({ chain }) => indexOf(enabled, chain) >= 0);
    const [step] = at < 0 ? [] : this.left.splice(at, 1);
    if (at === 0 && this.kept === this.made) this.kept++;
    this.made++;
    this.choices = step?.choices ?? [];
    this.chosen = 0;
    this.wanted = step?.fault;
    const index = step ? indexOf(enabled, step.chain) : this.goOn(enabled);
    const point = enabled[index] as Point;
    this.last = point.task;
    return all.indexOf(point);
  }

  fault(_: Point, faults: readonly Fault[]): Fault | undefined {
    return this.wanted && faults.includes(this.wanted) ? this.wanted : undefined;
  }

  choose(count: number): number {
    return Math.min(this.choices[this.chosen++] ?? 0, count - 1);
  }

  /** Those that are not held back. */
  private released(enabled: readonly Point[]): readonly Point[] {
    const { hold } = this;
    if (!hold || this.made <= hold.behind) return enabled;
    const others = enabled.filter(({ chain }) => chain.id !== hold.chain);
    return others.some(({ task }) => task === hold.task) ? others : enabled;
  }

  private goOn(enabled: readonly Point[]): number {
    return Math.max(
      0,
      enabled.findIndex(({ task }) => task === this.last),
    );
  }
}

function indexOf(enabled: readonly Point[], wanted: number): number {
  return enabled.findIndex(({ chain }) => chain.id === wanted);
}
