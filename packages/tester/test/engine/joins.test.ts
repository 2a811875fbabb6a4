import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import {
  explore,
  nothing,
  prove,
  reads,
  replay,
  type Scenario,
  type Scope,
  type StrategyName,
  writes,
} from '../../src/index.ts';

/** A task that says that it joins its branches. */
function joining(run: (scope: Scope) => Promise<unknown>): Scenario<Scope> {
  return {
    name: 'joining',
    setup: (scope) => scope,
    tasks: (scope) => ({ a: { joins: true, run: () => run(scope) } }),
  };
}

const call = (scope: Scope, name: string) => scope.point(name, nothing, () => name);
const fails = (scope: Scope) => scope.point('fails', nothing, () => Promise.reject(new Error('no')));

/** Ways of not awaiting all. */
const EARLY: Record<string, (scope: Scope) => Promise<unknown>> = {
  'calls when one of two has answered': async (scope) => {
    await Promise.race([call(scope, 'one'), call(scope, 'other')]);
    await call(scope, 'next');
  },
  'ends when one of two has answered': (scope) => Promise.race([call(scope, 'one'), call(scope, 'other')]),
  'calls when one of two has failed': async (scope) => {
    await Promise.all([fails(scope), call(scope, 'other')]).catch(() => undefined);
    await call(scope, 'next');
  },
  'calls before its sleep is over': async (scope) => {
    await Promise.race([call(scope, 'one'), scope.clock.sleep(5)]);
    await call(scope, 'next');
  },
  'calls twice in one of two branches': (scope) =>
    Promise.all([call(scope, 'one').then(() => call(scope, 'next')), call(scope, 'other')]),
};

const WHY = 'a is said to join its branches, and goes on before all have answered';

describe.each(Object.keys(EARLY))('a task that joins its branches, and %s', (how) => {
  const scenario = joining(EARLY[how] as (scope: Scope) => Promise<unknown>);

  it.each([prove, explore])('fails, and is named (%o)', async (search) => {
    const { failure } = (await search(scenario)).found ?? assert.fail('nothing was found');
    assert.deepEqual([failure.kind, failure.task, failure.message], ['error', 'a', WHY]);
  });
});

describe('a task that joins its branches', () => {
  it('fails if it would have gone on early had another task been faster', async () => {
    let wake = (): void => undefined;
    const woken = (scope: Scope) => {
      const given = new Promise<void>((resolve) => {
        wake = resolve;
      });
      return Promise.all([call(scope, 'one'), given.then(() => call(scope, 'next'))]);
    };
    const scenario: Scenario<Scope> = {
      ...joining(woken),
      tasks: (scope) => ({
        a: { joins: true, run: () => woken(scope) },
        b: () => scope.point('wake', nothing, () => wake()),
      }),
    };
    assert.equal((await prove(scenario)).found?.failure.message, WHY);
  });

  it('and leaves a call to itself fails where the others answer first, which only sampling is sure to try', async () => {
    const scenario = joining(async (scope) => {
      void call(scope, 'one');
      await call(scope, 'other');
    });
    assert.equal((await explore(scenario)).found?.failure.message, WHY);
  });

  it('may set timers that call back, and need not wait for them', async () => {
    const scenario = joining(async (scope) => {
      scope.clock.after(5, () => undefined);
      await Promise.all([call(scope, 'one'), call(scope, 'other')]);
      await call(scope, 'next');
    });
    (await prove(scenario)).assertPassed();
  });

  it('is rung by such a timer before each of its calls, and behind', async () => {
    const seen = new Set<string>();
    const scenario = joining(async (scope) => {
      let rung = false;
      scope.clock.after(5, () => {
        rung = true;
      });
      await call(scope, 'one');
      const early = rung;
      await call(scope, 'other');
      seen.add(`${early} ${rung}`);
    });
    (await prove(scenario)).assertPassed();
    assert.deepEqual([...seen].toSorted(), ['false false', 'false true', 'true true']);
  });

  it('is proved in one schedule, where the orders of its answers are twenty-four', async () => {
    const four = (scope: Scope) => Promise.all(['a', 'b', 'c', 'd'].map((name) => call(scope, name)));
    assert.equal((await prove(joining(four))).schedules, 1);
    const scenario: Scenario<Scope> = { ...joining(four), tasks: (scope) => ({ a: () => four(scope) }) };
    assert.equal((await prove(scenario)).schedules, 24);
  });
});

describe('what follows upon branches that are joined', () => {
  it('comes behind all of them, and is not tried before any', async () => {
    const write = (scope: Scope, place: string) => scope.point(place, writes(place), () => undefined);
    const scenario = joining(async (scope) => {
      await Promise.all(['x', 'y', 'z'].map((place) => write(scope, place)));
      await Promise.all(['y', 'x', 'z'].map((place) => write(scope, place)));
    });
    const { schedules, abandoned } = await prove(scenario);
    assert.deepEqual([schedules, abandoned], [1, 0]);
  });
});

describe('what is touched behind a join', () => {
  it('is searched with the branches of that join, and with none before', async () => {
    const scenario: Scenario<Scope> = {
      name: 'two forks',
      setup: (scope) => scope,
      tasks: (scope) => ({
        a: {
          joins: true,
          run: async () => {
            await Promise.all([call(scope, 'a'), call(scope, 'b')]);
            await Promise.all([call(scope, 'c'), call(scope, 'd')]);
            scope.touch(writes('memory'));
          },
        },
        b: () => scope.point('memory', writes('memory'), () => undefined),
      }),
    };
    const { schedules, abandoned } = await prove(scenario);
    assert.deepEqual([schedules, abandoned], [4, 0]);
  });
});

interface World {
  readonly scope: Scope;
  readonly n: number[];
}

/** Two tasks that each read two places at once, and then write both at once. */
const adding: Scenario<World> = {
  name: 'adding',
  setup: (scope) => ({ scope, n: [0, 0] }),
  tasks: ({ scope, n }) => {
    const both = <T>(each: (at: number) => Promise<T>) => Promise.all([0, 1].map(each));
    const run = async () => {
      const seen = await both((at) => scope.point(`get ${at}`, reads(`n/${at}`), () => n[at] as number));
      await both((at) =>
        scope.point(`set ${at}`, writes(`n/${at}`), () => void (n[at] = (seen[at] as number) + 1)),
      );
    };
    return { a: { joins: true, run }, b: { joins: true, run } };
  },
  atEnd: ({ n }) => assert.ok(n[1] === 2, 'an update was lost'),
};

const STRATEGIES: readonly StrategyName[] = ['pos', 'mix', 'random', 'uniform', 'pct(3)'];

describe.each(STRATEGIES)('with the strategy %s, what tasks that join do wrong', (strategy) => {
  it('is found, shrunk, and comes back by its token', async () => {
    const { found } = await explore(adding, { strategy });
    assert.equal(found?.failure.message, 'an update was lost');
    assert.deepEqual([found?.trace.length, found?.shrunk?.to.switches], [8, 2]);
    const again = await replay(adding, found?.token ?? '');
    assert.deepEqual(
      [again.failure?.message, again.trace, again.divergence],
      ['an update was lost', found?.trace, undefined],
    );
  });
});
