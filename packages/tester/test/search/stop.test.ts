import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, prove, type Scenario, type Scope, writes } from '../../src/index.ts';

/** Two tasks that take turns at one place: `points` of each. */
function turns(points: number, atEnd: () => void = () => undefined): Scenario<Scope> {
  return {
    name: 'turns',
    setup: (scope) => scope,
    tasks: (scope) => {
      const task = async () => {
        for (let at = 0; at < points; at++) await scope.point('turn', writes('x'), () => undefined);
      };
      return { a: task, b: task };
    },
    atEnd,
  };
}

describe('a search ends', () => {
  it('by saturation, when of its latest thousand schedules few have shown a new trace', async () => {
    const report = await explore(turns(2), { saturation: 0.001 });
    // Of 2,048 schedules, which is when a round is over, the last 1,048 have shown nothing new.
    assert.deepEqual([report.ended, report.schedules, report.traces], ['saturation', 2048, 6]);
    assert.match(report.toString(), /ended by saturation/);
  });

  it('not by saturation as long as new traces come', async () => {
    const report = await explore(turns(12), { saturation: 0.5, schedules: 5000 });
    assert.deepEqual([report.ended, report.schedules], ['schedules', 5000]);
    assert.match(report.toString(), /ended by the number of schedules/);
  });

  it('by its number of schedules before it is saturated, if that comes first', async () => {
    const report = await explore(turns(2), { saturation: 0.001, schedules: 1500 });
    assert.deepEqual([report.ended, report.schedules], ['schedules', 1500]);
  });

  it('by the time, in the middle of a round', async () => {
    const report = await explore(turns(12), { seconds: 0.05 });
    assert.equal(report.ended, 'seconds');
    assert.match(report.toString(), /ended by the time/);
  });

  it('with the first schedule that fails, and counts none behind it', async () => {
    let schedules = 0;
    const report = await explore(
      turns(2, () => assert.notEqual(++schedules, 100)),
      { shrink: 0, strategy: 'random' },
    );
    assert.equal(report.ended, 'failed');
    assert.equal(report.schedules, (report.found?.schedule ?? 0) + 1);
  });

  it('when everything was tried', async () => {
    assert.equal((await prove(turns(2))).ended, 'complete');
    assert.equal((await prove(turns(2), { schedules: 3 })).ended, 'schedules');
  });

  it('and says by what in its JSON', async () => {
    const json = JSON.parse(JSON.stringify(await explore(turns(2)))) as { ended: string };
    assert.equal(json.ended, 'schedules');
  });
});
