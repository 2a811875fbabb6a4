import type { Point } from '../engine/point.ts';
import { below } from '../engine/random.ts';
import { Sampling } from './sampling.ts';

/** Each time any of those that could go on, all alike. */
export class RandomWalk extends Sampling {
  readonly name = 'random';

  pick(enabled: readonly Point[]): number {
    return below(this.random, enabled.length);
  }
}
