import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, type Scenario, ScheduleError, type Scope, writes } from '../../src/index.ts';

const lostUpdate: Scenario<{ scope: Scope; n: number }> = {
  name: 'lost update',
  setup: (scope) => ({ scope, n: 0 }),
  tasks: (world) => {
    const add = async () => {
      const seen = await world.scope.point('get', writes('n'), () => world.n);
      await world.scope.point(`set ${seen + 1}`, writes('n'), () => void (world.n = seen + 1));
    };
    return { alice: add, bob: add };
  },
  atEnd: ({ n }) => assert.ok(n === 2, `expected 2, got ${n}`),
};

describe('a report', () => {
  it('shows a failing schedule with a column for each task', async () => {
    const text = (await explore(lostUpdate, { strategy: 'pct(2)', seed: 4 })).toString().split('\n');
    assert.deepEqual(text.slice(0, 9), [
      'lost update failed (at-end): expected 2, got 1',
      '',
      '     alice   │ bob',
      '     ────────┼────────',
      '   1 get → 0 │',
      '   2         │ get → 0',
      '   3         │ set 1',
      '   4 set 1   │',
      '',
    ]);
    assert.match(text.join('\n'), /token: (ct1\.\S+)\nreplay: await replay\(scenario, '\1'\)/);
  });

  it('is thrown whole by assertPassed, with the cause and the token', async () => {
    const report = await explore(lostUpdate);
    assert.throws(
      () => report.assertPassed(),
      (error: unknown) => {
        assert.ok(error instanceof ScheduleError);
        assert.equal(error.message, report.toString());
        assert.equal(error.token, report.found?.token);
        assert.equal((error.cause as Error).message, 'expected 2, got 1');
        return true;
      },
    );
  });

  it('is JSON for programs', async () => {
    const json = JSON.parse(JSON.stringify(await explore(lostUpdate))) as {
      passed: boolean;
      found: { failure: object; trace: object[] };
    };
    assert.equal(json.passed, false);
    assert.deepEqual(json.found.failure, { kind: 'at-end', message: 'expected 2, got 1', step: 4 });
    assert.equal(json.found.trace.length, 4);
  });

  it('says of a search that passed how much was sampled, and how much of it was new', async () => {
    const report = await explore({ ...lostUpdate, atEnd: () => undefined }, { schedules: 3000 });
    assert.deepEqual(report.newTraces, [6, 0, 0]);
    const one = await explore({ ...lostUpdate, atEnd: () => undefined }, { schedules: 1500 });
    assert.match(one.toString(), /6 new in the last thousand$/m);
    assert.match(
      report.toString(),
      /^✓ lost update: 3,000 schedules sampled with pos, seed 1; .*; about 6 traces, 0 new in the last thousand$/m,
    );
  });

  it('leaves out the middle of what is too long to be read', async () => {
    const long: Scenario<Scope> = {
      name: 'long',
      setup: (scope) => scope,
      tasks: (scope) => ({
        a: async () => {
          for (let n = 0; n < 200; n++) await scope.yield(`step ${n}`);
          throw new Error('tired');
        },
      }),
    };
    const text = (await explore(long)).toString();
    assert.match(text, /step 29\n {5}… 140 more …\n 171 step 170/);
  });
});
