import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, prove, type Scenario, type Scope, type TaskBody, writes } from '../../src/index.ts';

function scenarioOf(task: (scope: Scope) => TaskBody): Scenario<Scope> {
  return { name: 'twice', setup: (scope) => scope, tasks: (scope) => ({ a: task(scope) }) };
}

const UNCONTROLLED: readonly (readonly [string, (scope: Scope) => TaskBody])[] = [
  [
    'Math.random in what is called',
    (scope) => () => scope.point(`row ${Math.random()}`, writes('x'), () => 0),
  ],
  ['Math.random in what is answered', (scope) => () => scope.point('draw', writes('x'), () => Math.random())],
  ['the real clock', (scope) => () => scope.point('time', writes('x'), () => performance.now())],
  [
    'Math.random in how often is called',
    (scope) => async () => {
      for (let left = 1 + Math.floor(Math.random() * 1000); left > 0; left--) await scope.yield();
    },
  ],
];

describe('running twice', () => {
  it.each(UNCONTROLLED)('catches %s', async (_, task) => {
    const report = await explore(scenarioOf(task), { schedules: 5 });
    assert.equal(report.found?.failure.kind, 'nondeterminism', report.toString());
  });

  it('catches state that outlives a schedule', async () => {
    let schedules = 0;
    const counting = scenarioOf((scope) => () => scope.point('count', writes('x'), () => schedules++));
    assert.equal((await explore(counting)).found?.failure.kind, 'nondeterminism');
  });

  it('says at which step the two part, and how', async () => {
    const { found } = await explore(scenarioOf(UNCONTROLLED[1]?.[1] as (scope: Scope) => TaskBody));
    assert.match(
      found?.failure.details?.join('\n') ?? '',
      /^step 1\nfirst: {2}a: draw → 0\.\d+\nsecond: a: draw → 0\.\d+$/,
    );
  });

  it('catches what happens in few schedules if every schedule is run twice', async () => {
    const rarely = scenarioOf((scope) => async () => {
      const odd = (await scope.point('choose', writes('x'), () => scope.choose(50))) === 17;
      await scope.point('answer', writes('x'), () => (odd ? Math.random() : 0));
    });
    const { found } = await explore(rarely, { twice: true, schedules: 1000 });
    assert.equal(found?.failure.kind, 'nondeterminism');
  });

  it('need not catch a real timer, which stops the first schedule and is named', async () => {
    const timer = scenarioOf(() => () => new Promise((resolve) => setTimeout(resolve, 1)));
    const { found } = await explore(timer);
    assert.equal(found?.failure.kind, 'uncontrolled');
    assert.match(found.failure.message, /Timeout, made at .*twice\.test\.ts/);
  });

  it('lets the seeded randomness of the scope pass', async () => {
    const seeded = scenarioOf((scope) => () => scope.point('draw', writes('x'), () => scope.random()));
    assert.ok((await explore(seeded, { twice: true, schedules: 50 })).passed);
  });

  it.each([explore, prove])('catches a failure that comes only once (%o)', async (search) => {
    let first = true;
    const once = scenarioOf((scope) => async () => {
      await scope.yield();
      const fails = first;
      first = false;
      if (fails) throw new Error('only once');
    });
    assert.equal((await search(once)).found?.failure.kind, 'nondeterminism');
  });
});
