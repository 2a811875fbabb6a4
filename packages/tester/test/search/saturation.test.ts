import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, prove, type Scenario, type Scope, writes } from '../../src/index.ts';
import { Statistics } from '../../src/search/statistics.ts';

/** What was counted of schedules with these traces. */
function seenOf(traces: readonly number[]) {
  const statistics = new Statistics();
  for (const fingerprint of traces) statistics.count({ fingerprint, steps: 1, abandoned: false });
  return statistics.seen;
}

/** Two tasks that take turns at one place: there are as many traces as orders. */
function turns(points: number): Scenario<Scope> {
  return {
    name: 'turns',
    setup: (scope) => scope,
    tasks: (scope) => {
      const task = async () => {
        for (let at = 0; at < points; at++) await scope.point('turn', writes('x'), () => undefined);
      };
      return { a: task, b: task };
    },
  };
}

describe('the saturation curve', () => {
  it('has the traces after 1, 2, 4 … schedules, and after all', () => {
    assert.deepEqual(seenOf([7, 7, 8, 9, 7, 10, 10]).curve, [
      { schedules: 1, traces: 1 },
      { schedules: 2, traces: 1 },
      { schedules: 4, traces: 3 },
      { schedules: 7, traces: 4 },
    ]);
  });

  it('grows by one figure with each doubling', () => {
    const traces = Array.from({ length: 2 ** 17 }, (_, at) => at);
    assert.equal(seenOf(traces).curve.length, 18);
  });

  it('is not known of an exhaustive search, whose traces are all new', async () => {
    const { curve, chanceOfNew } = await prove(turns(2));
    assert.deepEqual([curve, chanceOfNew], [[], undefined]);
  });
});

describe('the chance that the next schedule shows a new trace', () => {
  it('is the part of the schedules whose trace was seen once', () => {
    assert.equal(seenOf([1, 2, 2, 3, 3, 3, 4, 2]).chanceOfNew, 2 / 8);
  });

  it('comes close to what the next schedules show', async () => {
    const before = await explore(turns(7), { schedules: 2000, strategy: 'uniform' });
    const after = await explore(turns(7), { schedules: 2500, strategy: 'uniform' });
    const fresh = (after.traces - before.traces) / 500;
    assert.ok(Math.abs((before.chanceOfNew ?? 0) - fresh) < 0.05, `${before.chanceOfNew}, ${fresh}`);
  });

  it('is put into words', async () => {
    const text = (await explore(turns(5), { schedules: 1000 })).toString();
    assert.match(text, /traces: \d+ after 8 schedules, \d+ after 64, \d+ after 1,000; the next schedule/);
    assert.match(text, /shows a new one with a chance of about 1 in \d/);
  });

  it('is not said to be none if each trace was seen again', async () => {
    const text = (await explore(turns(2), { schedules: 1000 })).toString();
    assert.match(text, /each was seen more than once, and the chance of a new one is below 1 in 1,000$/m);
  });
});
