import { describe, expect, test } from 'vitest';
import { Scene } from './fixture.ts';
import { PARTITIONS, WAYS } from './ways.ts';

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

test('Whoever drives may die at each of its writes: a validation that finds a difference never passes', async () => {
  for (const applied of [false, true]) {
    for (let [write, outcome] = [1, 'died']; outcome === 'died'; write += 1) {
      const scene = new Scene();
      await scene.create(PARTITIONS, 2);
      for (const goal of [COMPLETE, BACK]) await scene.go(goal);
      await damage(scene);
      outcome = await scene.go(COMPLETE, { death: { write, applied } }).catch(() => 'refused');
      await expect(scene.go(COMPLETE), `at write ${write}`).rejects.toMatchObject({ code: 'LIVE_DIFFERENT' });
    }
  }
});

const COMPLETE = { until: 'complete' } as const;
const BACK = { side: 'source', until: 'managed' } as const;

/** A copy that went wrong. */
async function damage(scene: Scene): Promise<void> {
  const target = await scene.side('target');
  const properties = { wrong: { type: 'boolean', value: true } } as const;
  await target.write([{ kind: 'merge', partitionKey: 'a', rowKey: 'r0', properties, condition: '*' }]);
}
