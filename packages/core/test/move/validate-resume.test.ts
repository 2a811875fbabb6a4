import { type Clock, VirtualClock } from 'changeover/std';
import { expect, test } from 'vitest';
import { Validation } from '../../src/move/validate.ts';
import { newScene, numbered, put, remove, type Scene } from './fixture.ts';

const rows = numbered(40_000, 1);
const job = { id: 'j', generation: 1 };

/** Looks a second later each time, so that every range is kept as soon as it is compared. */
function hurryingClock(): Clock {
  const clock = new VirtualClock();
  let nowMs = 0;
  return {
    now: () => clock.now(),
    monotonic: () => (nowMs += 1_000),
    sleep: (ms, signal) => Promise.race([clock.sleep(ms, signal), clock.advance(ms)]),
  };
}

async function validate(scene: Scene, resume: boolean, stopAfter: number) {
  const stop = new AbortController();
  const options = { threads: 1, signal: stop.signal };
  const source = await scene.source.open('t');
  const target = await scene.target.open('t');
  const tables = [{ index: 0, source, target }];
  const validation = await Validation.open(scene.control, job, tables, { ...options, resume });
  let compared = 0;
  const run = validation.run(tables, {
    ...options,
    filter: undefined,
    clock: hurryingClock(),
    onCompared(_table, count) {
      compared += count;
      if (compared >= stopAfter) stop.abort(new Error('stopped'));
    },
    onDifference: async () => undefined,
    onFailure: () => undefined,
  });
  return { before: validation.comparedBefore(0), compared: () => compared, run };
}

async function twins(): Promise<Scene> {
  const scene = await newScene(rows);
  await scene.target.create('t');
  await put(scene.target, rows);
  return scene;
}

test('A resumed validation leaves out the ranges that were found equal, and counts them', async () => {
  const scene = await twins();
  const first = await validate(scene, false, 20_000);
  await expect(first.run).rejects.toThrow('stopped');
  const second = await validate(scene, true, Number.POSITIVE_INFINITY);
  expect(await second.run).toMatchObject({ compared: 40_000, missing: 0 });
  expect(second.before).toBeGreaterThanOrEqual(10_000);
  expect(second.compared()).toBe(40_000 - second.before);
});

test('A resumed validation compares ranges with differences again, so that each is reported in the end', async () => {
  const scene = await twins();
  const [lost] = rows;
  if (lost) await remove(scene.target, lost);
  const first = await validate(scene, false, 20_000);
  await expect(first.run).rejects.toThrow('stopped');
  const second = await validate(scene, true, Number.POSITIVE_INFINITY);
  expect(await second.run).toMatchObject({ missing: 1 });
  expect(second.before).toBeGreaterThanOrEqual(5_000);
});

test('A validation that is not resumed compares everything anew', async () => {
  const scene = await twins();
  await expect((await validate(scene, false, 20_000)).run).rejects.toThrow('stopped');
  const second = await validate(scene, false, Number.POSITIVE_INFINITY);
  await second.run;
  expect([second.before, second.compared()]).toEqual([0, 40_000]);
});
