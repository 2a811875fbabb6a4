import type { Point } from '../engine/point.ts';
import type { Profile } from '../engine/strategy.ts';
import { Sampling } from './sampling.ts';

/**
 * Each task goes on with a chance in proportion to the steps that it still has before it, so that all interleavings are
 * about equally likely; a plain random walk favours those in which nobody is left behind (Zhao and others, ASPLOS 2025).
 * How many steps there are is known from a first schedule.
 */
export class UniformWalk extends Sampling {
  readonly name = 'uniform';
  private expected: readonly number[] = [];
  private done: number[] = [];

  calibrate({ byTask }: Profile): void {
    this.expected = byTask;
  }

  override begin(schedule: number): boolean {
    super.begin(schedule);
    this.done = this.expected.map(() => 0);
    return true;
  }

  pick(enabled: readonly Point[]): number {
    let left = this.random() * enabled.reduce((sum, point) => sum + this.weight(point), 0);
    const index = enabled.findIndex((point) => (left -= this.weight(point)) < 0);
    const chosen = Math.max(0, index);
    const { task } = (enabled[chosen] as Point).chain.life;
    this.done[task.index] = (this.done[task.index] ?? 0) + 1;
    return chosen;
  }

  private weight({ chain }: Point): number {
    const { index } = chain.life.task;
    return Math.max(1, (this.expected[index] ?? 0) - (this.done[index] ?? 0));
  }
}
