import type { Goal } from 'changeover/coordinator';
import { describe, expect, test } from 'vitest';
import { Scene } from './fixture.ts';

const PARTITIONS = ['a', 'b'];

interface Way {
  readonly title: string;
  /** How it came to where the way begins. */
  readonly before: readonly Partial<Goal>[];
  readonly goal: Partial<Goal>;
}

const WAYS: readonly Way[] = [
  { title: 'forward, until the target is used alone', before: [], goal: { until: 'alone' } },
  { title: 'to the end', before: [{ until: 'alone' }], goal: { until: 'clean', wipe: true } },
  {
    title: 'back, before anything was switched',
    before: [{ until: 'complete' }],
    goal: { side: 'source', until: 'complete' },
  },
  {
    title: 'back from the target',
    before: [{ until: 'alone' }],
    goal: { side: 'source', until: 'complete' },
  },
  {
    title: 'back for a part of it',
    before: [{ until: 'complete' }],
    goal: { side: 'source', until: 'complete', range: { from: 'b', through: 'b' } },
  },
  {
    title: 'given up',
    before: [{ until: 'complete' }],
    goal: { side: 'source', until: 'clean' },
  },
];

describe('Whoever drives may die at each of its writes, before or after it counts: the next one brings it to the same end', () => {
  for (const { title, before, goal } of WAYS) {
    for (const applied of [false, true]) {
      test(`${title}, ${applied ? 'after' : 'before'}`, { timeout: 120_000 }, async () => {
        let deaths = 0;
        for (let write = 1; ; write += 1) {
          const scene = new Scene();
          await scene.create(PARTITIONS, 2);
          const table = await scene.open();
          for (const each of before) await scene.go(each);
          const outcome = await scene.go(goal, { death: { write, applied } });
          await table.write([
            { kind: 'upsertReplace', partitionKey: 'b', rowKey: 'between', properties: {} },
          ]);
          await scene.go(goal);
          expect((await table.scan()).rows, `at write ${write}`).toHaveLength(5);
          await scene.check(goal);
          await table.close();
          if (outcome === 'reached') break;
          deaths += 1;
        }
        expect(deaths).toBeGreaterThan(5);
      });
    }
  }
});
