import { changeSettings, listMigrations, migrationStatus } from 'changeover/coordinator';
import { type Json, VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { NAME, Scene } from './fixture.ts';

/** The documents of a migration that stands in the middle of a task, with a client. */
async function halfway(): Promise<Scene> {
  const scene = new Scene();
  await scene.create(['a', 'b'], 2);
  await scene.open();
  await scene.go({ until: 'managed' });
  await changeSettings(scene.control, NAME, { paused: true });
  const stop = new AbortController();
  const going = scene.go({ until: 'complete' }, { signal: stop.signal }).catch(() => undefined);
  while (!scene.events.some(({ event }) => event === 'progress')) await scene.clock.sleep(10);
  stop.abort();
  await going;
  await changeSettings(scene.control, NAME, { paused: false });
  return scene;
}

const DOCUMENTS = ['table', 'phase', 'goal', 'state', 'settings', 'task', 'clients/', 'shards/'];
/** Fits nowhere. */
const WRONG: Json = [[7]];

/** Puts something else in the place of a document, and gives back how to undo that. */
async function replace({ control }: Scene, name: string, change: (value: Record<string, Json>) => Json) {
  const found = (await control.list(`live/${NAME}/${name}`))[0]!;
  const damaged = await control.put(found.name, change(found.value as Record<string, Json>), found.revision);
  return { name: found.name, mend: () => control.put(found.name, found.value, damaged.revision) };
}

/** What whoever looks, or drives, is told. */
async function told(scene: Scene): Promise<unknown> {
  const { control, clock } = scene;
  const context = { control, clock, probe: () => 'alive' as const };
  return migrationStatus(context, NAME)
    .then(() => scene.go({ until: 'complete' }))
    .then(
      () => 'nothing',
      (error: unknown) => error,
    );
}

describe.each(DOCUMENTS)('A %s document that', (document) => {
  test('has any property that is something else is called damaged, by name, and nothing is changed', async () => {
    const scene = await halfway();
    const [found] = await scene.control.list(`live/${NAME}/${document}`);
    for (const property of Object.keys(found?.value as object)) {
      const { name, mend } = await replace(scene, document, (value) => ({ ...value, [property]: WRONG }));
      const error = await told(scene);
      expect(error, property).toMatchObject({ code: 'CONTROL_CORRUPT', effect: 'none' });
      expect(String(error)).toContain(name);
      await mend();
    }
    await scene.go({ until: 'complete' });
    expect(await scene.keys('target')).toContain('b/r1');
  });

  test.each([null, 'text', [], {}])('is %j is called damaged', async (value) => {
    const scene = await halfway();
    const { mend } = await replace(scene, document, () => value);
    expect(await told(scene)).toMatchObject({ code: 'CONTROL_CORRUPT' });
    await mend();
    await scene.go({ until: 'complete' });
  });

  test('is of a later version is left to that version', async () => {
    const scene = await halfway();
    await replace(scene, document, (value) => ({ ...value, format: 2 }));
    expect(await told(scene)).toMatchObject({ code: 'LIVE_FORMAT_UNKNOWN' });
  });
});

test.each(['phase', 'goal', 'state'])(
  'A %s document that is not there any more is missed',
  async (document) => {
    const scene = await halfway();
    const name = `live/${NAME}/${document}`;
    await scene.control.delete(name, (await scene.control.get(name))!.revision);
    const error = await told(scene);
    expect(error).toMatchObject({ code: 'CONTROL_CORRUPT' });
    expect(String(error)).toContain(name);
  },
);

test('A list of migrations does not leave out one that is damaged', async () => {
  const scene = await halfway();
  await replace(scene, 'table', (value) => ({ ...value, id: WRONG }));
  const { control } = scene;
  const listing = listMigrations({ control, clock: new VirtualClock(), probe: () => 'alive' });
  await expect(listing).rejects.toMatchObject({ code: 'CONTROL_CORRUPT' });
});
