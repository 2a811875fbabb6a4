import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type StrategyName, strategyNamed } from '../../src/strategy/named.ts';
import { Portfolio } from '../../src/strategy/portfolio.ts';

const ROUND = 1000;
/** An even share is one of six; a half of that is never taken away. */
const FLOOR = 1 / 12;

/** Tells a portfolio of rounds in which each schedule of one strategy has shown a trace of its own, and no other any. */
function afterRounds(rounds: number, bringsNew: (strategy: string) => boolean): Portfolio {
  const portfolio = new Portfolio(1);
  for (let round = 0; round < rounds; round++) {
    const schedules = Array.from({ length: ROUND }, (_, at) => round * ROUND + at);
    portfolio.learn(
      schedules.map((schedule) => {
        return { schedule, fresh: bringsNew(portfolio.strategyOf(schedule)) ? schedule : undefined };
      }),
    );
  }
  return portfolio;
}

function sharesOf(portfolio: Portfolio): Record<string, number> {
  return Object.fromEntries(portfolio.accounts.map(({ strategy, share }) => [strategy, share]));
}

describe('a portfolio', () => {
  it('begins with even shares', () => {
    assert.deepEqual([...new Set(Object.values(sharesOf(new Portfolio(1))))], [1 / 6]);
  });

  it('runs the strategy that alone brings new traces in more than half of the schedules', () => {
    const { accounts } = afterRounds(10, (strategy) => strategy === 'uniform');
    const uniform = accounts.find(({ strategy }) => strategy === 'uniform');
    assert.ok((uniform?.schedules ?? 0) > 5 * ROUND, JSON.stringify(uniform));
  });

  it('never takes more than half of an even share from a strategy that brings nothing', () => {
    const { accounts } = afterRounds(10, (strategy) => strategy === 'uniform');
    for (const { schedules } of accounts) assert.ok(schedules >= FLOOR * 10 * ROUND - 10, String(schedules));
  });

  it('deals out evenly again when nothing is new any more', () => {
    let round = 0;
    const portfolio = afterRounds(30, () => round++ < 2 * ROUND);
    for (const share of Object.values(sharesOf(portfolio))) assert.ok(Math.abs(share - 1 / 6) < 0.01);
  });

  it('forgets what a strategy has brought long ago', () => {
    let schedules = 0;
    const portfolio = afterRounds(
      20,
      (strategy) => strategy === (schedules++ < 10 * ROUND ? 'uniform' : 'pos'),
    );
    const { pos, uniform } = sharesOf(portfolio);
    assert.ok((pos ?? 0) > 5 * (uniform ?? 0), `${pos}, ${uniform}`);
  });

  it('does not bet on a strategy that was lucky once', () => {
    const portfolio = new Portfolio(1);
    const round = Array.from({ length: 12 }, (_, schedule) => ({ schedule, fresh: undefined }));
    portfolio.learn([{ schedule: 0, fresh: 1 }, ...round.slice(1)]);
    assert.ok(Math.max(...Object.values(sharesOf(portfolio))) < 0.4);
  });

  it('counts a trace that a strategy shows twice in a round once', () => {
    const portfolio = new Portfolio(1);
    portfolio.learn(Array.from({ length: ROUND }, (_, schedule) => ({ schedule, fresh: 7 })));
    assert.deepEqual([...new Set(portfolio.accounts.map(({ traces }) => traces))], [1]);
  });

  it('draws what its strategy of the moment would draw alone', () => {
    const portfolio = new Portfolio(7);
    for (let schedule = 0; schedule < 50; schedule++) {
      const alone = strategyNamed(portfolio.strategyOf(schedule) as StrategyName, 7);
      for (const strategy of [alone, portfolio]) strategy.begin(schedule);
      assert.equal(portfolio.choose(1e9), alone.choose(1e9));
    }
  });
});
