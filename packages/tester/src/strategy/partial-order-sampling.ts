import { conflicts } from '../engine/footprint.ts';
import type { Point } from '../engine/point.ts';
import { Sampling } from './sampling.ts';

/**
 * Each point draws a priority, and the highest goes first; those that conflict with it draw anew. So what is drawn is the
 * order of the steps that conflict, rather than that of all steps (Yuan, Yang and Gu, CAV 2018).
 */
export class PartialOrderSampling extends Sampling {
  readonly name = 'pos';

  pick(enabled: readonly Point[]): number {
    let highest = 0;
    let best = -1;
    for (let index = 0; index < enabled.length; index++) {
      const point = enabled[index] as Point;
      if (point.priority < 0) point.priority = this.random();
      if (point.priority > best) {
        best = point.priority;
        highest = index;
      }
    }
    const first = enabled[highest] as Point;
    for (let index = 0; index < enabled.length; index++) {
      const point = enabled[index] as Point;
      if (index !== highest && conflicts(point.footprint, first.footprint)) point.priority = -1;
    }
    return highest;
  }
}
