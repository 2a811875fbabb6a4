import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from 'changeover/std';
import { expect, test } from 'vitest';
import { awkwardRows, Scene } from './scene.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const KILLS = LONG ? 200 : 20;
const ROWS = LONG ? 200_000 : 40_000;
/** From before the command has loaded to well into its work. */
const LATEST_MS = 1_200;

test(`A move killed ${KILLS} times at random moments ends with exactly its source, and the source unchanged to the byte`, {
  timeout: LONG ? 1_800_000 : 120_000,
}, async () => {
  const seed = Number(process.env['CHANGEOVER_TEST_SEED'] ?? Date.now() % 1_000_000);
  const random = seededRandom(seed);
  const scene = await Scene.open(awkwardRows(ROWS));
  const before = await scene.hash('source.db');
  const rate = ['--threads', '4', '--batch-rows', '100', '--rate', String(ROWS / 10)];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const moving = scene.start('move', 'sqlite:source.db#t', 'sqlite:target.db#t', ...rate);
    const ended = once(moving, 'exit');
    // The moment itself is what is random here; nothing is waited for.
    await Promise.race([ended, sleep(random() * LATEST_MS)]);
    moving.kill('SIGKILL');
    await ended;
  }
  const last = await scene.move();
  expect({ seed, code: last.code, stderr: last.code === 0 ? '' : last.stderr }).toEqual({
    seed,
    code: 0,
    stderr: '',
  });
  expect(scene.compareOutside()).toEqual({ source: ROWS, onlySource: 0, onlyTarget: 0 });
  expect(await scene.hash('source.db')).toBe(before);
  await scene.close();
});
