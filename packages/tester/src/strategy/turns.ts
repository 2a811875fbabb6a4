import type { Fault, Point } from '../engine/point.ts';
import type { Strategy } from '../engine/strategy.ts';
import type { Chronicled } from './chronicle.ts';
import type { Plan } from './reordered.ts';

/**
 * No task is interrupted: the one that ran last goes on as long as it can, and then the first that can, in an order that is
 * given. What was chosen in the steps of a schedule is chosen in the same steps again.
 */
export class Turns implements Strategy {
  readonly name = 'turns';
  readonly fair: boolean;
  private readonly order: readonly number[];
  private readonly left: Chronicled[];
  private choices: readonly number[];
  private chosen = 0;
  private wanted: Fault | undefined;
  private last = -1;

  /** @param order the indices of tasks; those that it does not name come behind */
  constructor({ fair, opening, steps }: Plan, order: readonly number[]) {
    this.fair = fair;
    this.choices = opening;
    this.left = [...steps];
    this.order = order;
  }

  begin(): boolean {
    return true;
  }

  pick(enabled: readonly Point[]): number {
    const waits = (task: number) => enabled.some((point) => point.task === task);
    if (!waits(this.last)) this.last = this.order.find(waits) ?? (enabled[0] as Point).task;
    const index = enabled.findIndex(({ task }) => task === this.last);
    const at = this.left.findIndex(({ chain }) => chain === (enabled[index] as Point).chain.id);
    const [step] = at < 0 ? [] : this.left.splice(at, 1);
    this.choices = step?.choices ?? [];
    this.chosen = 0;
    this.wanted = step?.fault;
    return index;
  }

  fault(_: Point, faults: readonly Fault[]): Fault | undefined {
    return this.wanted && faults.includes(this.wanted) ? this.wanted : undefined;
  }

  choose(count: number): number {
    return Math.min(this.choices[this.chosen++] ?? 0, count - 1);
  }
}
