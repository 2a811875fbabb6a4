import type { Strategy } from '../engine/strategy.ts';
import { Mix } from './mix.ts';
import { PartialOrderSampling } from './partial-order-sampling.ts';
import { Portfolio } from './portfolio.ts';
import { Priorities } from './priorities.ts';
import { RandomWalk } from './random-walk.ts';
import { UniformWalk } from './uniform-walk.ts';

/**
 * `pos` is the best single one on average, and the default; `pct(3)` takes a depth; `mix` is several in turn, and
 * `portfolio` several by what they bring.
 */
export type StrategyName = 'pos' | 'mix' | 'portfolio' | 'random' | 'uniform' | `pct(${number})`;

/** @throws an Error with the code `TESTER_STRATEGY_UNKNOWN` */
export function strategyNamed(name: StrategyName, seed: number): Strategy {
  if (name === 'pos') return new PartialOrderSampling(seed);
  if (name === 'mix') return new Mix(seed);
  if (name === 'portfolio') return new Portfolio(seed);
  if (name === 'random') return new RandomWalk(seed);
  if (name === 'uniform') return new UniformWalk(seed);
  const depth = /^pct\((\d+)\)$/.exec(name)?.[1];
  if (depth !== undefined && Number(depth) > 0) return new Priorities(seed, Number(depth));
  throw Object.assign(
    new Error(
      `there is no strategy "${name}"; there are pos, mix, portfolio, random, uniform and pct(DEPTH)`,
    ),
    {
      code: 'TESTER_STRATEGY_UNKNOWN',
    },
  );
}
