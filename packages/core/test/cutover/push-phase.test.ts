import { migrationStatus } from 'changeover/coordinator';
import { expect, test } from 'vitest';
import { NAME, Scene } from '../coordinator/fixture.ts';

async function begun(): Promise<Scene> {
  const scene = new Scene();
  await scene.create(['a'], 2);
  return scene;
}

function status({ control, clock }: Scene) {
  return migrationStatus({ control, clock, probe: () => 'alive' }, NAME);
}

test('Groups of clients go one after the other, with a look at their health in between', async () => {
  const scene = await begun();
  const tables = { b: await scene.open({ group: 'b' }), a: await scene.open({ group: 'a' }) };
  const kinds: string[] = [];
  const healthy = async () => {
    kinds.push(`${tables.a.phase.kind} ${tables.b.phase.kind}`);
    return undefined;
  };
  await scene.go({ until: 'managed' }, { healthy });
  expect(kinds).toEqual(['alone alone', 'managed alone']);
  expect(tables.b.phase.kind).toBe('managed');
  for (const table of Object.values(tables)) await table.close();
});

test('If a group is not well in the new phase, all are taken back, and it stops there until somebody starts it', async () => {
  const scene = await begun();
  const [a, b] = [await scene.open({ group: 'a' }), await scene.open({ group: 'b' })];
  const healthy = async () => (a.phase.kind === 'managed' ? 'too many errors' : undefined);
  await expect(scene.go({ until: 'managed' }, { healthy })).rejects.toMatchObject({ code: 'LIVE_TROUBLE' });
  expect([a.phase, b.phase]).toMatchObject([{ kind: 'alone' }, { kind: 'alone' }]);
  expect((await status(scene)).hold).toMatchObject({ code: 'LIVE_TROUBLE' });
  await scene.go({ until: 'alone' });
  expect([a.phase, b.phase]).toMatchObject([{ side: 'target' }, { side: 'target' }]);
  await a.close();
  await b.close();
});

test('A client that has not acknowledged is waited for', async () => {
  const scene = await begun();
  const table = await scene.open();
  let release = () => {};
  table.adopt = () => new Promise((resolve) => (release = resolve));
  const going = scene.go({ until: 'managed' });
  await expect.poll(async () => (await status(scene)).next).toContain('waiting');
  await expect
    .poll(() => scene.events.find(({ event }) => event === 'waiting'))
    .toMatchObject({ clients: [{ label: 'test' }] });
  release();
  await going;
});

test('A client that is dead is not waited for, and what it does then is refused', async () => {
  const scene = await begun();
  const table = await scene.open();
  const [client] = (await status(scene)).clients;
  expect(client).toMatchObject({ acknowledged: 0 });
  for (const { id } of await scene.control.sessions()) await scene.control.endSession(id);
  await scene.go({ until: 'alone' });
  expect((await status(scene)).stage).toBe('target only');
  await table.close();
});

test('Who joins while a phase is pushed goes into it, too', async () => {
  const scene = await begun();
  const going = scene.go({ until: 'alone' });
  const tables = await Promise.all([scene.open(), scene.open(), scene.open()]);
  await going;
  for (const table of tables) {
    await expect.poll(() => table.phase).toMatchObject({ kind: 'alone', side: 'target' });
    await table.close();
  }
  expect((await status(scene)).clients).toEqual([]);
});
