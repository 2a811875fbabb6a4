import { migrationStatus } from 'changeover/coordinator';
import { readFence } from 'changeover/fence';
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
  // Some were in the other phase, and may have left something: it is not clean any more.
  expect([a.phase, b.phase]).toMatchObject([{ clean: false }, { clean: false }]);
  expect(await fallen(scene)).toEqual({ phases: [0, 1], workers: [0, 1] });
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

test('Who goes on with a phase that all were told of waits for them, too', async () => {
  const scene = await begun();
  const table = await scene.open();
  let release = () => {};
  table.adopt = () => new Promise((resolve) => (release = resolve));
  const waits = () => scene.events.filter(({ event }) => event === 'waiting').length;
  const stop = new AbortController();
  const first = scene.go({ until: 'managed' }, { signal: stop.signal });
  await expect.poll(waits).toBe(1);
  stop.abort();
  await expect(first).rejects.toMatchObject({ code: 'LIVE_INTERRUPTED' });
  const second = scene.go({ until: 'managed' });
  await expect.poll(waits).toBe(2);
  expect((await status(scene)).phase).toMatchObject({ settled: false });
  release();
  await second;
});

test('What is written for a phase that is left is refused by both stores, be it by clients or by workers', async () => {
  const scene = await begun();
  await scene.go({ until: 'alone' });
  const { number } = (await status(scene)).phase;
  const left = Array.from({ length: number }, (_, each) => each);
  expect(await fallen(scene)).toEqual({ phases: left, workers: left });
});

/** A client on another machine that is not heard from. */
async function silent({ control }: Scene): Promise<string> {
  const owner = { host: 'elsewhere', pid: 9, processStart: '', bootId: '', label: 'silent' };
  const { id: session } = await control.openSession(owner, LEASE_MS);
  const client = { session, group: '', label: 'silent', pid: 9, host: 'elsewhere', acknowledged: 0 };
  await control.put(`live/orders/clients/${session}`, { format: 1, ...client }, undefined);
  return session;
}

const LEASE_MS = 15_000;
const LIFETIME_MS = 40_000;

test('A client that is silent is waited for as long as its lease, and buried', async () => {
  const scene = await begun();
  const session = await silent(scene);
  const beganAtMs = scene.clock.monotonic();
  await scene.go({ until: 'managed' });
  expect(scene.clock.monotonic() - beganAtMs).toBeGreaterThanOrEqual(LEASE_MS);
  expect(await scene.control.session(session)).toBeUndefined();
  expect((await status(scene)).clients).toEqual([]);
});

test('If a store cannot check fences, the requests of a client that is buried are waited for besides', async () => {
  const scene = new Scene({ fencing: false, requestLifetimeMs: LIFETIME_MS });
  await scene.create(['a'], 2);
  await silent(scene);
  const beganAtMs = scene.clock.monotonic();
  await scene.go({ until: 'managed' });
  expect(scene.clock.monotonic() - beganAtMs).toBeGreaterThanOrEqual(LEASE_MS + LIFETIME_MS);
});

/** The phases up to the present one whose fences have fallen, in both stores. */
async function fallen(scene: Scene): Promise<{ readonly phases: number[]; readonly workers: number[] }> {
  const { id } = (await scene.control.get('live/orders/table'))!.value as { readonly id: string };
  const { number } = (await status(scene)).phase;
  const found = { phases: [] as number[], workers: [] as number[] };
  for (let each = 0; each <= number; each += 1) {
    const hasFallen = async (what: string) => {
      const name = `live/orders/${id}/${what} ${each}`;
      const { source, target } = scene.stores;
      return (await readFence(source, name)) > 1 && (await readFence(target, name)) > 1;
    };
    if (await hasFallen('phase')) found.phases.push(each);
    if (await hasFallen('workers')) found.workers.push(each);
  }
  return found;
}

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
