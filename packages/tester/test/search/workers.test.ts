import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, prove, Sampling, type Strategy, type Workers } from '../../src/index.ts';
import { harmless, rarelyLost } from './workers.scenarios.ts';

const MODULE = new URL('workers.scenarios.ts', import.meta.url);

function workers(count: number, name = 'rarelyLost'): { workers: Workers } {
  const imports = [new URL('register-typescript.js', import.meta.url)];
  return { workers: { module: MODULE, export: name, count, imports } };
}

describe('a search in several threads', { timeout: 180_000 }, () => {
  it.each([1, 2, 3])('finds the same schedule in %i as in none', async (count) => {
    const alone = await explore(rarelyLost, { schedules: 5000 });
    assert.ok(
      (alone.found?.schedule ?? 0) > 8,
      'it is found so early that only one thread has to do with it',
    );
    const together = await explore(rarelyLost, { schedules: 5000, ...workers(count) });
    assert.equal(together.found?.schedule, alone.found?.schedule);
    assert.equal(together.found?.token, alone.found?.token);
  });

  it.each([2, 3])('is the same portfolio in %i as in none', async (count) => {
    const options = { strategy: 'portfolio', schedules: 5000, seed: 4 } as const;
    const alone = await explore(rarelyLost, options);
    assert.ok((alone.found?.schedule ?? 0) > 512, 'it is found so early that there were hardly any rounds');
    const together = await explore(rarelyLost, { ...options, ...workers(count) });
    assert.deepEqual(together.arms, alone.arms);
    assert.equal(together.found?.schedule, alone.found?.schedule);
  });

  it('ends by saturation where one thread does', async () => {
    const options = { strategy: 'portfolio', saturation: 0.4 } as const;
    const alone = await explore(harmless, options);
    const together = await explore(harmless, { ...options, ...workers(2, 'harmless') });
    assert.deepEqual([alone.ended, together.ended], ['saturation', 'saturation']);
    assert.equal(together.schedules, alone.schedules);
  });

  it('runs each schedule once, and counts in the same order', async () => {
    const alone = await explore(harmless, { schedules: 3000 });
    const together = await explore(harmless, { schedules: 3000, ...workers(3, 'harmless') });
    const { seconds: _, ...one } = alone;
    const { seconds: __, ...other } = together;
    assert.deepEqual(other, one);
  });

  it('counts the same failures when it keeps going', async () => {
    const options = { schedules: 3000, keepGoing: true, strategy: 'uniform', shrink: 0 } as const;
    const alone = await explore(rarelyLost, options);
    const together = await explore(rarelyLost, { ...options, ...workers(2) });
    assert.ok((alone.defects?.[0]?.count ?? 0) > 5);
    assert.deepEqual(together.defects, alone.defects);
  });

  it('ends if one of the threads breaks, though others wait for it', async () => {
    await assert.rejects(explore(harmless, workers(2, 'broken')), /no such program/);
  });

  it('proves each program once', async () => {
    const options = { preemptions: 1 };
    const alone = await prove(harmless, options);
    const together = await prove(harmless, { ...options, ...workers(2, 'harmless') });
    assert.ok(together.complete);
    assert.deepEqual([together.programs, together.schedules], [alone.programs, alone.schedules]);
  });

  it('finds the same failing program when proving', async () => {
    const alone = await prove(rarelyLost);
    const together = await prove(rarelyLost, workers(2));
    assert.equal(alone.found?.schedule, 2);
    assert.equal(together.found?.token, alone.found?.token);
  });

  it('refuses a module that does not export the scenario', async () => {
    await assert.rejects(
      explore(harmless, workers(1, 'noScenario')),
      /does not export a scenario "noScenario"/,
    );
  });

  it('refuses a strategy that cannot be handed over', async () => {
    const strategy = (): Strategy =>
      new (class extends Sampling {
        readonly name = 'mine';
        pick = () => 0;
      })(1);
    await assert.rejects(explore(harmless, { ...workers(1), strategy }), {
      code: 'TESTER_STRATEGY_NOT_FOR_WORKERS',
    });
  });
});
