import type { Point } from '../engine/point.ts';
import { below } from '../engine/random.ts';
import type { Profile } from '../engine/strategy.ts';
import { Sampling } from './sampling.ts';

/**
 * Tasks have priorities, and the highest that can go on does; at `depth − 1` random steps the one that is about to go on
 * is put last (PCT: Burckhardt and others, ASPLOS 2010). A bug that takes `depth` orderings of `n` tasks with `k` steps is
 * found with a probability of at least 1/(n·k^(depth − 1)) in each schedule.
 *
 * A task's points are one group, and within it any may go first; what is delivered late is a group by itself. Without
 * that, first come would be first served, and some orders would never come up.
 */
export class Priorities extends Sampling {
  readonly name: string;
  private readonly depth: number;
  private steps = 100;
  private step = 0;
  private changes: number[] = [];
  private readonly priorities = new Map<number, number>();

  constructor(seed: number, depth = 3) {
    super(seed);
    this.depth = depth;
    this.name = `pct(${depth})`;
  }

  calibrate({ steps }: Profile): void {
    this.steps = Math.max(1, steps);
  }

  override begin(schedule: number): boolean {
    super.begin(schedule);
    this.step = 0;
    this.priorities.clear();
    this.changes = Array.from({ length: this.depth - 1 }, () => below(this.random, this.steps));
    return true;
  }

  pick(enabled: readonly Point[]): number {
    for (const [rank, change] of this.changes.entries()) {
      // How low is a matter of the rank, which was drawn, and not of what was lowered before: the bound rests on it.
      if (change === this.step) this.priorities.set(this.first(enabled), -1 - rank);
    }
    this.step++;
    const group = this.first(enabled);
    const members = enabled.filter((point) => groupOf(point) === group).length;
    let nth = members === 1 ? 0 : below(this.random, members);
    return enabled.findIndex((point) => groupOf(point) === group && nth-- === 0);
  }

  /** The group of the highest priority that can go on. */
  private first(enabled: readonly Point[]): number {
    let first = -1;
    let best = Number.NEGATIVE_INFINITY;
    for (const point of enabled) {
      const group = groupOf(point);
      const priority = this.priorityOf(group);
      if (priority > best) {
        best = priority;
        first = group;
      }
    }
    return first;
  }

  private priorityOf(group: number): number {
    const known = this.priorities.get(group);
    if (known !== undefined) return known;
    const drawn = this.random();
    this.priorities.set(group, drawn);
    return drawn;
  }
}

function groupOf(point: Point): number {
  return point.late ? point.chain.id : point.chain.life.task.index;
}
