import type { Fault, Point } from '../engine/point.ts';
import { below, mix, type Random, seededRandom } from '../engine/random.ts';
import type { Strategy } from '../engine/strategy.ts';

/** How often a point that may meet a fault does. */
const FAULT_CHANCE = 1 / 8;

/**
 * What the strategies that draw have in common. Everything drawn in a schedule follows from the seed and the schedule's
 * number alone, so that it does not matter who runs it, and when.
 */
export abstract class Sampling implements Strategy {
  abstract readonly name: string;
  readonly fair = true;
  protected random: Random = seededRandom(0);
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  begin(schedule: number): boolean {
    this.random = seededRandom(mix(mix(this.seed, 0x5eed), schedule));
    return true;
  }

  abstract pick(enabled: readonly Point[]): number;

  fault(_: Point, faults: readonly Fault[]): Fault | undefined {
    return this.random() < FAULT_CHANCE ? faults[below(this.random, faults.length)] : undefined;
  }

  choose(count: number): number {
    return below(this.random, count);
  }
}
