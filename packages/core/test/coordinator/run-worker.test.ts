import { setImmediate } from 'node:timers/promises';
import { test } from 'vitest';
import { Scene } from './fixture.ts';

async function begun(): Promise<Scene> {
  const scene = new Scene();
  await scene.create(['a', 'b'], 1);
  return scene;
}

async function workerSession(scene: Scene, than?: string): Promise<string> {
  for (let looks = 0; looks < 10_000; looks += 1) {
    const all = await scene.control.sessions();
    const id = all.find((each) => each.owner.label === 'worker' && each.id !== than)?.id;
    if (id !== undefined) return id;
    await setImmediate();
  }
  throw new Error('the worker takes no session');
}

test('A worker ends with the migration', async () => {
  const scene = await begun();
  const working = scene.work(new AbortController().signal);
  await scene.go({ until: 'clean' });
  await working;
});

test('A worker whose lease is lost takes another, and works on', async () => {
  const scene = await begun();
  const stop = new AbortController();
  const working = scene.work(stop.signal);
  const first = await workerSession(scene);
  await scene.control.endSession(first);
  await workerSession(scene, first);
  stop.abort();
  await working;
});
