import { setImmediate } from 'node:timers/promises';
import { changeSettings } from 'changeover/coordinator';
import { describe, expect, test } from 'vitest';
import { NAME, Scene } from './fixture.ts';
import { FAULTS } from './outage.ts';

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

test('A worker that is stopped before it has opened anything just ends', async () => {
  const scene = await begun();
  await scene.work(AbortSignal.abort());
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

test.each(FAULTS)(
  'A worker whose control store is $title ends with that, and another one works on',
  async (fault) => {
    const scene = await begun();
    const stop = new AbortController();
    const working = scene.work(stop.signal);
    await workerSession(scene);
    scene.outage.begin(fault, 1);
    await expect(working).rejects.toMatchObject({ code: fault.code });
    scene.outage.end();
    const again = scene.work(stop.signal);
    await scene.go({ until: 'clean' });
    await again;
  },
);

describe('The shards of a worker that died where nobody can see it', () => {
  test('are taken over when it was not heard from for a whole lease, and its session is ended', async () => {
    const scene = await begun();
    const dead = await holdShards(scene, null);
    await scene.go({ until: 'complete' });
    expect(await scene.control.session(dead)).toBeUndefined();
    expect(await scene.keys('target')).toEqual(expect.arrayContaining(['a/r0', 'b/r0']));
  });

  test('are gone on with behind the last partition that it had done', async () => {
    const scene = await begun();
    await holdShards(scene, 'a');
    // That one was not done in truth, which whoever compares them finds.
    await scene.go({ until: 'complete' }).catch(() => undefined);
    const brought = scene.events.find((event) => event.event === 'taskFinished' && event.task === 'bring');
    expect(brought).toMatchObject({ counts: { partitions: 1 } });
  });

  test('are left to it as long as it renews its lease', async () => {
    const scene = await begun();
    const alive = await holdShards(scene, null);
    const stop = new AbortController();
    const going = scene.go({ until: 'complete' }, { signal: stop.signal });
    for (let renewals = 0; renewals < 10; renewals += 1) {
      await scene.clock.sleep(DEAD_LEASE_MS / 3);
      await scene.control.renewSession(alive, DEAD_LEASE_MS);
    }
    const shards = await scene.control.list('live/orders/shards/');
    expect(shards.map(({ value }) => (value as { session: unknown }).session)).toEqual(
      shards.map(() => alive),
    );
    stop.abort();
    await expect(going).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
  });
});

const DEAD_LEASE_MS = 60_000;

/** Begins to bring all, and has somebody elsewhere hold every shard, with the partitions up to `cursor` done. */
async function holdShards(scene: Scene, cursor: string | null): Promise<string> {
  const { control, clock } = scene;
  await changeSettings(control, NAME, { paused: true });
  const stop = new AbortController();
  const begins = scene.go({ until: 'complete' }, { signal: stop.signal });
  const shards = () => control.list('live/orders/shards/');
  while (!scene.events.some(({ event }) => event === 'progress')) await clock.sleep(10);
  stop.abort();
  await expect(begins).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
  const elsewhere = { host: 'elsewhere', pid: 99, processStart: '', bootId: '', label: 'worker' };
  const { id } = await control.openSession(elsewhere, DEAD_LEASE_MS);
  for (const { name, value, revision } of await shards()) {
    await control.put(name, { ...(value as object), session: id, cursor }, revision);
  }
  await changeSettings(control, NAME, { paused: false });
  return id;
}
