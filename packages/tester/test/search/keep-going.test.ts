import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { explore, type Scenario, type Scope, writes } from '../../src/index.ts';
import { chanceOf, chanceOfNone } from '../../src/search/confidence.ts';

/** Of the orders of four points of two tasks, two fail in one way, with other figures, and one in another. */
const failing: Scenario<{ scope: Scope; order: string }> = {
  name: 'three of six',
  setup: (scope) => ({ scope, order: '' }),
  tasks: (world) => {
    const task = (name: string) => async () => {
      for (const _ of [1, 2]) await world.scope.point(name, writes('x'), () => void (world.order += name));
    };
    return { a: task('a'), b: task('b') };
  },
  atEnd: ({ order }) => {
    assert.ok(!['abab', 'baba'].includes(order), `in turn, ${order.startsWith('a') ? 1 : 2}\n${order}`);
    assert.notEqual(order, 'aabb', 'one after the other');
  },
};

const options = { schedules: 600, strategy: 'uniform', keepGoing: true } as const;

describe('a search that keeps going', () => {
  it('counts failures by kind and first line, but for figures', async () => {
    const { defects, schedules, ended } = await explore(failing, options);
    assert.deepEqual([schedules, ended], [600, 'schedules']);
    const found = Object.fromEntries((defects ?? []).map(({ message, count }) => [message, count]));
    assert.deepEqual(Object.keys(found).toSorted(), ['in turn, 1', 'one after the other']);
    // Each order is one of six, by this strategy.
    assert.ok(Math.abs((found['in turn, 1'] ?? 0) - 200) < 50, JSON.stringify(found));
    assert.ok(Math.abs((found['one after the other'] ?? 0) - 100) < 40, JSON.stringify(found));
  });

  it('says for each between what its chance is', async () => {
    const { defects = [] } = await explore(failing, options);
    const one = defects.find(({ message }) => message === 'one after the other');
    assert.ok(one && one.chance.low < 1 / 6 && 1 / 6 < one.chance.high && one.chance.low > 0.1);
  });

  it('hands back the first of all as one that ends with it, shrunk', async () => {
    const report = await explore(failing, options);
    const { found } = await explore(failing, { ...options, keepGoing: false });
    assert.deepEqual(
      [report.found?.token, report.found?.schedule, report.passed],
      [found?.token, found?.schedule, false],
    );
  });

  it('prints how rare each is, and its token', async () => {
    const text = (await explore(failing, options)).toString();
    assert.match(
      text,
      /at-end: one after the other: found \d+ times in 600 schedules, between 1 in [\d.]+ and 1 in [\d.]+ of those that uniform draws \(95 %\); ct1\./,
    );
  });

  it('says how rare failures are at most, if it found none', async () => {
    const report = await explore({ ...failing, atEnd: () => undefined }, { ...options, schedules: 3000 });
    assert.deepEqual(report.defects, []);
    assert.match(report.toString(), /fewer than 1 in 1,002 of the schedules that uniform draws fail/);
  });
});

describe('a chance of which so many tries came true', () => {
  it('is between the bounds of Wilson’s interval', () => {
    // 2 of 10: the example of many textbooks.
    const { low, high } = chanceOf(2, 10);
    assert.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.0567', '0.5098']);
  });

  it('is inside the interval in about 95 of a hundred searches', () => {
    const [tries, chance] = [200, 0.03];
    let inside = 0;
    for (let count = 0, likely = (1 - chance) ** tries; count <= tries; count++) {
      const { low, high } = chanceOf(count, tries);
      if (low <= chance && chance <= high) inside += likely;
      likely *= (((tries - count) / (count + 1)) * chance) / (1 - chance);
    }
    assert.ok(inside > 0.93 && inside < 0.98, String(inside));
  });

  it('of none is such that a run without one has a chance of 5 %', () => {
    assert.ok(Math.abs((1 - chanceOfNone(1000)) ** 1000 - 0.05) < 1e-9);
  });
});
