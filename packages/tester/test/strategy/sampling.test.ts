import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, type Scenario, type Scope, type StrategyName, writes } from '../../src/index.ts';

const STRATEGIES: readonly StrategyName[] = [
  'pos',
  'mix',
  'portfolio',
  'random',
  'uniform',
  'pct(1)',
  'pct(3)',
];

/** Notes the orders in which two tasks pass their points. */
function orders(seen: string[], points: readonly number[] = [2, 2]): Scenario<Scope> {
  return {
    name: 'orders',
    setup: (scope) => {
      seen.push('');
      return scope;
    },
    tasks: (scope) =>
      Object.fromEntries(
        points.map((count, task) => [
          `t${task}`,
          async () => {
            for (let at = 0; at < count; at++) {
              await scope.point('point', writes('x'), () => {
                seen[seen.length - 1] += String(task);
              });
            }
          },
        ]),
      ),
  };
}

describe.each(STRATEGIES)('the strategy %s', (strategy) => {
  it('makes the same search from the same seed', async () => {
    const [one, other]: string[][] = [[], []];
    await explore(orders(one as string[]), { strategy, schedules: 50, seed: 7 });
    await explore(orders(other as string[]), { strategy, schedules: 50, seed: 7 });
    assert.deepEqual(one, other);
  });

  it('makes another search from another seed', async () => {
    const [one, other]: string[][] = [[], []];
    await explore(orders(one as string[], [5, 5]), { strategy, schedules: 50, seed: 7 });
    await explore(orders(other as string[], [5, 5]), { strategy, schedules: 50, seed: 8 });
    assert.notDeepEqual(one, other);
  });
});

describe.each(STRATEGIES.filter((name) => name !== 'pct(1)'))('the strategy %s', (strategy) => {
  it('comes to every order of two tasks with two points in 500 schedules', async () => {
    const seen: string[] = [];
    await explore(orders(seen), { strategy, schedules: 500 });
    assert.deepEqual([...new Set(seen)].toSorted(), ['0011', '0101', '0110', '1001', '1010', '1100']);
  });
});

describe('the strategies', () => {
  it('pct(1) never interrupts a task', async () => {
    const seen: string[] = [];
    await explore(orders(seen), { strategy: 'pct(1)', schedules: 100 });
    assert.deepEqual([...new Set(seen)].toSorted(), ['0011', '1100']);
  });

  it('the uniform walk finds the one order in which a long task is overtaken far more often than the plain one', async () => {
    const share = async (strategy: StrategyName) => {
      const seen: string[] = [];
      await explore(orders(seen, [1, 9]), { strategy, schedules: 4000 });
      return seen.filter((order) => order === '1111111110').length / seen.length;
    };
    // Of ten places for the single step each is equally likely; plain, the last one has a chance of 2⁻⁹.
    assert.ok((await share('uniform')) > 0.07);
    assert.ok((await share('random')) < 0.02);
  });

  it('pct(3) finds a bug of three orderings among three tasks with five steps as often as it promises', async () => {
    // Of the orders of s, b, t0, t1 and t2 the one that is asked for. The bound is 1 / (3 · 5²).
    const chains: Scenario<{ scope: Scope; order: string[] }> = {
      name: 'an order',
      setup: (scope) => ({ scope, order: [] }),
      tasks: ({ scope, order }) => {
        const call = (name: string) => scope.point(name, writes('order'), () => void order.push(name));
        let start = (): void => undefined;
        const started = new Promise<void>((resolve) => {
          start = resolve;
        });
        return {
          a: async () => {
            await call('s');
            start();
            await call('t2');
          },
          b: async () => {
            await started;
            await call('b');
            await call('t1');
          },
          x: () => call('t0'),
        };
      },
      atEnd: ({ order }) => assert.notDeepEqual(order, ['s', 'b', 't0', 't1', 't2']),
    };
    let schedules = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const report = await explore(chains, { strategy: 'pct(3)', seed, schedules: 5000, shrink: 0 });
      schedules += report.schedules;
    }
    assert.ok(schedules / 40 < 100, `found once in ${schedules / 40} schedules`);
  });

  it('an unknown strategy is refused by name', async () => {
    await assert.rejects(explore(orders([]), { strategy: 'best' as StrategyName }), {
      code: 'TESTER_STRATEGY_UNKNOWN',
      message: /"best".*pos, mix, portfolio, random, uniform and pct\(DEPTH\)/,
    });
  });
});
