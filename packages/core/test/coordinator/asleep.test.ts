import { describe, expect, test } from 'vitest';
import { Scene } from './fixture.ts';
import { PARTITIONS, WAYS } from './ways.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** The ways to an end have many writes; `npm run test:long` looks at all. */
const SAMPLED = 4;

describe('Whoever drives may fall asleep at each of its writes, and wake when another has gone on: it changes nothing', () => {
  for (const { title, before, goal } of WAYS) {
    for (const applied of [false, true]) {
      test(`${title}, ${applied ? 'after' : 'before'}`, { timeout: 120_000 }, async () => {
        const isLong = goal.until === 'clean' && !before.some(({ until }) => until === 'clean');
        const step = LONG || !isLong ? 1 : SAMPLED;
        let sleeps = 0;
        for (let write = 1; ; write += step) {
          const scene = new Scene();
          await scene.create(PARTITIONS, 2);
          const table = await scene.open();
          for (const each of before) await scene.go(each);
          const late = await scene.goAsleep(goal, { write, applied });
          if (!late) break;
          sleeps += 1;
          // It wakes when the other one has just set out, is on its way, or has come to its end.
          const going = scene.go(goal);
          for (let turn = 0; turn < (write * 7) % 60; turn += 1) await scene.clock.sleep(500);
          await late.wake();
          await going;
          await table.write([
            { kind: 'upsertReplace', partitionKey: 'b', rowKey: 'between', properties: {} },
          ]);
          expect((await table.scan()).rows, `at write ${write}`).toHaveLength(5);
          await scene.check(goal);
          await table.close();
        }
        expect(sleeps).toBeGreaterThan(2);
      });
    }
  }
});
