import type { Fault, Point } from '../engine/point.ts';
import type { Profile, Strategy } from '../engine/strategy.ts';
import { PartialOrderSampling } from './partial-order-sampling.ts';
import { Priorities } from './priorities.ts';
import { RandomWalk } from './random-walk.ts';

/**
 * Several strategies in turn: half of the schedules are the best single one's. Each strategy has bugs that it hardly ever
 * finds, and they are not the same ones: so a mix is at worst some times slower than the best for a bug, and never blind.
 */
export class Mix implements Strategy {
  readonly name = 'mix';
  readonly fair = true;
  private readonly turns: readonly Strategy[];
  private current: Strategy;

  constructor(seed: number) {
    const pos = new PartialOrderSampling(seed);
    const others = [
      new Priorities(seed, 3),
      new Priorities(seed, 5),
      new Priorities(seed, 10),
      new RandomWalk(seed),
    ];
    this.turns = others.flatMap((other) => [pos, other]);
    this.current = pos;
  }

  calibrate(profile: Profile): void {
    for (const strategy of this.turns) strategy.calibrate?.(profile);
  }

  begin(schedule: number): boolean {
    this.current = this.turns[schedule % this.turns.length] as Strategy;
    return this.current.begin(schedule);
  }

  pick(enabled: readonly Point[]): number {
    return this.current.pick(enabled);
  }

  fault(point: Point, faults: readonly Fault[]): Fault | undefined {
    return this.current.fault(point, faults);
  }

  choose(count: number): number {
    return this.current.choose(count);
  }
}
