import { setImmediate } from 'node:timers/promises';
import { changeSettings, type Goal, migrationStatus, surveyPartitions } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import { MemoryTable } from 'changeover/table';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { NAME, Scene } from './fixture.ts';

async function begun(): Promise<Scene> {
  const scene = new Scene();
  await scene.create(['a', 'b', 'c'], 3);
  return scene;
}

function status({ control, clock }: Scene) {
  return migrationStatus({ control, clock, probe: () => 'alive' }, NAME);
}

test('A migration goes all the way, and leaves a clean target and a source that has nothing left', async () => {
  const scene = await begun();
  const table = await scene.open();
  await scene.go({ until: 'alone' });
  await table.write([{ kind: 'insert', partitionKey: 'd', rowKey: 'x', properties: {} }]);
  await scene.go({ until: 'clean', retired: 'wiped' });
  expect(await scene.keys('target')).toHaveLength(10);
  expect(await scene.keys('source')).toEqual([]);
  expect(await table.query('d')).toHaveLength(1);
  await table.close();
});

test('After its end a table is opened without the side that was retired', async () => {
  const scene = await begun();
  await scene.go({ until: 'clean' });
  await scene.stores.source.drop('t');
  const table = await scene.open();
  expect((await table.scan()).rows).toHaveLength(9);
  await table.close();
});

describe('where it stands is told as', () => {
  const STAGES: readonly (readonly [string, readonly Partial<Goal>[]])[] = [
    ['created', []],
    ['managed', [{ until: 'managed' }]],
    ['validated', [{ until: 'complete' }]],
    ['target only', [{ until: 'alone' }]],
    ['finalized', [{ until: 'clean' }]],
    ['turned back', [{ until: 'alone' }, { side: 'source', until: 'complete' }]],
    ['validated', [{ until: 'alone' }, { side: 'source', until: 'complete' }, { until: 'complete' }]],
    [
      'turned back in part',
      [{ until: 'complete' }, { side: 'source', until: 'complete', range: { from: 'b' } }],
    ],
    [
      'turned back in part',
      [{ until: 'alone' }, { side: 'source', until: 'complete', range: { from: 'b', through: 'b' } }],
    ],
    [
      'validated',
      [
        { until: 'complete' },
        { side: 'source', until: 'complete', range: { from: 'b' } },
        { until: 'complete' },
      ],
    ],
    ['aborted', [{ until: 'complete' }, { side: 'source', until: 'clean' }]],
    ['aborted', [{ side: 'source', until: 'clean' }]],
  ];
  for (const [stage, goals] of STAGES) {
    test(`${stage}, after ${goals.map(titleOf).join(', ') || 'nothing'}`, async () => {
      const scene = await begun();
      for (const goal of goals) await scene.go(goal);
      expect((await status(scene)).stage).toBe(stage);
    });
  }
});

function titleOf({ side = 'target', until, range }: Partial<Goal>): string {
  return `${range ? 'some partitions ' : ''}${until} on the ${side}`;
}

test('While some partitions go back it is said that they do', async () => {
  const scene = await begun();
  await scene.go({ until: 'complete' });
  await changeSettings(scene.control, NAME, { paused: true });
  const stop = new AbortController();
  const going = scene.go(
    { side: 'source', until: 'complete', range: { from: 'b' } },
    { signal: stop.signal },
  );
  await expect.poll(async () => (await status(scene)).stage).toBe('turning back in part');
  stop.abort();
  await expect(going).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
});

test('A version that the application holds is good through forward, back and forward again', async () => {
  const scene = await begun();
  const table = await scene.open();
  const key = { partitionKey: 'a', rowKey: 'r0' };
  const version = (await table.get(key))?.version ?? '';
  for (const side of ['target', 'source', 'target'] as const) {
    await scene.go({ side, until: 'complete' });
    expect((await table.get(key))?.version).toBe(version);
  }
  await table.write([{ kind: 'delete', ...key, condition: version }]);
  await table.close();
});

test('A part of it is turned back alone', async () => {
  const scene = await begun();
  await scene.go({ until: 'complete' });
  await scene.go({ side: 'source', until: 'complete', range: { from: 'b', through: 'b' } });
  const epochs = async (partitionKey: string) =>
    (await (await scene.side('source')).get({ partitionKey, rowKey: '_changeover.meta' }))?.properties[
      'state'
    ]?.value;
  expect([await epochs('a'), await epochs('b')]).toEqual(['closed', 'open']);
});

test('What is proved to be different is told, and stops it before anything is switched', async () => {
  const scene = await begun();
  await scene.go({ until: 'managed' });
  const table = await scene.side('target');
  await scene.go({ until: 'complete' });
  await table.write([{ kind: 'delete', partitionKey: 'b', rowKey: 'r1' }]);
  await scene.go({ side: 'target', until: 'complete', range: { from: 'a' } }).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'LIVE_DIFFERENT' });
  });
  expect(scene.events).toContainEqual(expect.objectContaining({ event: 'difference', rowKey: 'r1' }));
  expect((await status(scene)).hold).toMatchObject({ code: 'LIVE_DIFFERENT' });
});

test('Two that want to drive at once: one drives, the other follows, and both are there in the end', async () => {
  const scene = await begun();
  const both = await Promise.all([scene.go({ until: 'alone' }), scene.go({ until: 'alone' })]);
  expect(both).toEqual(['reached', 'reached']);
  expect(scene.events.filter(({ event }) => event === 'follows').length).toBeGreaterThan(0);
});

test('Who drives heeds a new goal while it works', async () => {
  const scene = await begun();
  const forward = scene.go({ until: 'alone' });
  await expect.poll(() => scene.events.some(({ event }) => event === 'turned')).toBe(true);
  const back = scene.go({ side: 'source', until: 'complete' });
  await Promise.all([forward, back]);
  expect((await status(scene)).stage).toBe('turned back');
});

test('While it is paused no worker does anything, not even those that begin at the same time', async () => {
  const scene = await begun();
  const { control } = scene;
  await changeSettings(control, NAME, { paused: true });
  const get = control.get.bind(control);
  // Slow enough that all workers ask before the first of them has its answer.
  control.get = async (name) => {
    if (name === 'live/orders/settings') await setImmediate();
    return get(name);
  };
  const stop = new AbortController();
  const going = scene.go({ until: 'complete' }, { signal: stop.signal });
  await expect
    .poll(() => scene.events.filter(({ event }) => event === 'progress').length)
    .toBeGreaterThan(20);
  expect(await scene.keys('target')).toEqual([]);
  stop.abort();
  await expect(going).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
});

describe('Once partitions are given up for good', () => {
  const PLACES = [
    { title: 'finalized', before: 'alone', side: 'target' },
    { title: 'aborted', before: 'complete', side: 'source' },
  ] as const;
  for (const { title, before, side } of PLACES) {
    test(`it can only be ${title}: there is no way to the other side`, async () => {
      const scene = await begun();
      await scene.go({ until: before });
      const stop = new AbortController();
      const ended = scene.go({ side, until: 'clean' }, { signal: stop.signal });
      const retires = () =>
        scene.events.some((event) => event.event === 'taskStarted' && event.task === 'retire');
      await expect.poll(retires, { interval: 0 }).toBe(true);
      stop.abort();
      await expect(ended).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
      const other = side === 'source' ? 'target' : 'source';
      await expect(scene.go({ side: other, until: 'complete' })).rejects.toMatchObject({ code: 'LIVE_OVER' });
      await scene.go({ side, until: 'clean' });
      expect((await status(scene)).stage).toBe(title);
    });
  }

  test('who wanted it elsewhere at that very moment hears that it is over', async () => {
    const scene = await begun();
    await scene.go({ until: 'alone' });
    const control = scene.control;
    const back = { side: 'source', until: 'complete' } as const;
    const state = async () =>
      (await control.get('live/orders/state'))?.value as { readonly ending: string | null };
    let wanted: Promise<unknown> | undefined;
    const put = control.put.bind(control);
    control.put = async (name, value, expected) => {
      // The goal changes after the driver looked at it, and before it writes that partitions are given up.
      if (name === 'live/orders/state' && (value as { ending?: unknown }).ending === 'target') {
        control.put = put;
        wanted = scene.go(back);
        wanted.catch(() => undefined);
        await expect.poll(async () => (await control.get('live/orders/goal'))?.value).toMatchObject(back);
        expect((await state()).ending).toBeNull();
      }
      return put(name, value, expected);
    };
    await expect(scene.go({ until: 'clean' })).rejects.toMatchObject({ code: 'LIVE_OVER' });
    await expect(wanted).rejects.toMatchObject({ code: 'LIVE_OVER' });
    expect((await status(scene)).stage).toBe('finalized');
  });
});

test('A survey tells how many partitions each side has, of all or of a range', async () => {
  const scene = await begun();
  await scene.go({ until: 'complete' });
  await scene.go({ side: 'source', until: 'complete', range: { from: 'b', through: 'b' } });
  const { control, resolve } = scene;
  const places = await placesOf(control, NAME);
  const { signal } = new AbortController();
  const of = async (range: Goal['range']) =>
    (await surveyPartitions({ control, resolve, places, range, signal })).partitions;
  expect(await of(null)).toEqual({ source: 1, target: 2 });
  expect(await of({ through: 'b' })).toEqual({ source: 1, target: 1 });
});

test('A survey of many partitions asks for pages, and not for each of them', async () => {
  const PARTITIONS = 500;
  const scene = new Scene();
  await scene.create(
    Array.from({ length: PARTITIONS }, (_, index) => String(index).padStart(4, '0')),
    1,
  );
  await scene.go({ until: 'complete' });
  const { control, resolve } = scene;
  const requests = vi.spyOn(MemoryTable.prototype, 'get');
  const pages = vi.spyOn(MemoryTable.prototype, 'scan');
  onTestFinished(() => void vi.restoreAllMocks());
  const places = await placesOf(control, NAME);
  const { signal } = new AbortController();
  const survey = await surveyPartitions({ control, resolve, places, range: null, signal });
  expect(survey.partitions).toEqual({ source: 0, target: PARTITIONS });
  expect(requests.mock.calls.length + pages.mock.calls.length).toBeLessThan(PARTITIONS / 10);
});

test('Who says again what is wanted has what was broken off by that taken up again', {
  timeout: 5_000,
}, async () => {
  const scene = await begun();
  await changeSettings(scene.control, NAME, { paused: true });
  const going = scene.go({ until: 'complete' });
  while (!(await isTaken(scene))) await scene.clock.sleep(100);
  await scene.aim({ until: 'complete' });
  await scene.clock.sleep(1000);
  await changeSettings(scene.control, NAME, { paused: false });
  await going;
});

async function isTaken({ control }: Scene): Promise<boolean> {
  const shards = await control.list('live/orders/shards/');
  return shards.some(({ value }) => (value as { readonly session: string | null }).session !== null);
}
