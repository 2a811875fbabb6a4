import type { Fault, Point } from '../engine/point.ts';
import type { Profile, Shown, Strategy } from '../engine/strategy.ts';
import { PartialOrderSampling } from './partial-order-sampling.ts';
import { Priorities } from './priorities.ts';
import { RandomWalk } from './random-walk.ts';
import { UniformWalk } from './uniform-walk.ts';

/** What a strategy of a portfolio has done, and brought. */
export interface ArmAccount {
  readonly strategy: string;
  readonly schedules: number;
  /** Of those, how many different traces that no round before theirs had shown. */
  readonly traces: number;
  /** Its part of the schedules to come, from 0 to 1. */
  readonly share: number;
}

/** This part of the schedules is dealt out evenly, whatever they bring: the strategy that brings little may find the bug. */
const EVEN = 1 / 2;
/** What a round has brought counts this much in the next, and so on. */
const DECAY = 1 / 2;
/** Of an arm that was run less often than this, what all bring is the better guess. */
const PRIOR = 4;
/** Multiples of it modulo 1 are spread as evenly as can be, wherever one begins and ends (Weyl; Knuth, 6.4). */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Several strategies at a time, each the more often the more new traces it brings: a bandit with a floor. No strategy is
 * the best for every program and every bug, and what is the best for this one shows while it runs. What is to be run in a
 * round follows from what the rounds before have shown, and so from the seed and the schedules' numbers.
 */
export class Portfolio implements Strategy {
  readonly name = 'portfolio';
  readonly fair = true;
  private readonly arms: readonly Arm[];
  private current: Strategy;

  constructor(seed: number) {
    const strategies = [
      new PartialOrderSampling(seed),
      new Priorities(seed, 3),
      new Priorities(seed, 5),
      new Priorities(seed, 10),
      new RandomWalk(seed),
      new UniformWalk(seed),
    ];
    this.arms = strategies.map((strategy) => new Arm(strategy, 1 / strategies.length));
    this.current = strategies[0] as Strategy;
  }

  /** What each strategy has done so far, up to the last round that is over. */
  get accounts(): ArmAccount[] {
    return this.arms.map(({ strategy, schedules, traces, share }) => {
      return { strategy: strategy.name, schedules, traces, share };
    });
  }

  calibrate(profile: Profile): void {
    for (const { strategy } of this.arms) strategy.calibrate?.(profile);
  }

  /** Which of its strategies runs this schedule, of the round to come. */
  strategyOf(schedule: number): string {
    return this.armOf(schedule).strategy.name;
  }

  begin(schedule: number): boolean {
    this.current = this.armOf(schedule).strategy;
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

  learn(round: readonly Shown[]): void {
    const byArm = new Map(this.arms.map((arm) => [arm, [] as Shown[]]));
    for (const shown of round) byArm.get(this.armOf(shown.schedule))?.push(shown);
    for (const [arm, own] of byArm)
      arm.account(own.length, new Set(own.flatMap(({ fresh }) => fresh ?? [])).size);
    this.dealOut();
  }

  /** Half evenly, half in proportion to what a schedule of each brings. */
  private dealOut(): void {
    const all = this.arms.reduce((sum, arm) => sum + arm.recentTraces, 0);
    const per = all / this.arms.reduce((sum, arm) => sum + arm.recentSchedules, 0);
    const yields = this.arms.map((arm) => arm.yieldFrom(per));
    const total = yields.reduce((sum, each) => sum + each, 0);
    for (const [at, arm] of this.arms.entries()) {
      const even = 1 / this.arms.length;
      arm.share = total > 0 ? EVEN * even + (1 - EVEN) * ((yields[at] as number) / total) : even;
    }
  }

  private armOf(schedule: number): Arm {
    let left = (schedule * GOLDEN) % 1;
    return this.arms.find((arm) => (left -= arm.share) < 0) ?? (this.arms.at(-1) as Arm);
  }
}

class Arm {
  readonly strategy: Strategy;
  share: number;
  schedules = 0;
  traces = 0;
  recentSchedules = 0;
  recentTraces = 0;

  constructor(strategy: Strategy, share: number) {
    this.strategy = strategy;
    this.share = share;
  }

  account(schedules: number, traces: number): void {
    this.schedules += schedules;
    this.traces += traces;
    this.recentSchedules = this.recentSchedules * DECAY + schedules;
    this.recentTraces = this.recentTraces * DECAY + traces;
  }

  /** New traces that a schedule of it brings; `typical` is what one of all of them does. */
  yieldFrom(typical: number): number {
    return (this.recentTraces + PRIOR * typical) / (this.recentSchedules + PRIOR);
  }
}
