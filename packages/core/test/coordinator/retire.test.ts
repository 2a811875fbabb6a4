import { FailureDetector, withLock } from 'changeover/control';
import { createMigration, type Goal, migrationStatus, retiringOf } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import { type Store, TableError } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { NAME, RETIRED, Scene } from './fixture.ts';

const RENAMED = { until: 'clean', retired: 'renamed' } as const;
const WIPED = { until: 'clean', retired: 'wiped' } as const;

async function begun(scene = new Scene()): Promise<Scene> {
  await scene.create(['a', 'b'], 2);
  await scene.go({ until: 'alone' });
  return scene;
}

async function retiredOf({ control, clock }: Scene) {
  return (await migrationStatus({ control, clock, probe: () => 'alive' }, NAME)).retired;
}

/** What would become of the source. */
async function asked({ control, resolve }: Scene, retired: Goal['retired']) {
  const { signal } = new AbortController();
  const context = { control, resolve, signal, places: await placesOf(control, NAME) };
  return retiringOf(context, { side: 'target', retired, count: true });
}

test('Who still uses the source under its old name hears that it is not there', async () => {
  const scene = await begun();
  const table = await scene.stores.source.open('t');
  await scene.go(RENAMED);
  await expect(scene.stores.source.open('t')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  const write = table.write([{ kind: 'insert', partitionKey: 'a', rowKey: 'new', properties: {} }]);
  await expect(write).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND', effect: 'none' });
});

test('A source that is renamed has its rows', async () => {
  const scene = await begun();
  await scene.go(RENAMED);
  expect((await (await scene.stores.source.open(RETIRED)).scan()).rows).toHaveLength(4);
});

test('A source that is kept stays under its own name', async () => {
  const scene = await begun();
  await scene.go({ until: 'clean' });
  expect(await scene.stores.source.list()).toEqual(['t']);
});

test('A source is wiped long after, under its new name, when nobody has the target any more', async () => {
  const scene = await begun();
  await scene.go(RENAMED);
  await scene.stores.target.drop('t');
  await scene.go(WIPED);
  expect(await scene.keys('source')).toEqual([]);
  expect(await retiredOf(scene)).toMatchObject({ table: RETIRED, renamed: true, wiped: true });
});

test('A table under migration is opened after its end by who looked before it', async () => {
  const scene = await begun();
  const { resolve } = scene;
  let looks = 0;
  // Between the look at the phase and the opening all comes to its end.
  Object.assign(scene, {
    resolve: async (url: string) => {
      looks += 1;
      if (looks === 1) await Object.assign(scene, { resolve }).go(RENAMED);
      return resolve(url);
    },
  });
  const table = await scene.open();
  expect((await table.scan()).rows).toHaveLength(4);
  await table.close();
});

describe('A source keeps its name, and it is said why,', () => {
  test('where its store renames no tables', async () => {
    const scene = await begun(new Scene({ rename: false }));
    await scene.go(RENAMED);
    expect(await retiredOf(scene)).toMatchObject({ table: 't', why: 'source renames no tables' });
  });

  test('if its store refuses it; and gets another one once somebody has seen to that, and says so', async () => {
    const scene = await begun();
    const refuse = { code: 'TABLE_NOT_SUPPORTED', effect: 'none', applies: false } as const;
    await scene.go(RENAMED, { resolve: atRename(scene, refuse) });
    expect(await retiredOf(scene)).toMatchObject({ table: 't', renamed: false, why: 'refused' });
    await scene.go(RENAMED);
    expect(await retiredOf(scene)).toMatchObject({ table: RETIRED, renamed: true, why: null });
  });

  test('if it is another table by now', async () => {
    const scene = await begun();
    await scene.go({ until: 'clean' });
    await scene.stores.source.drop('t');
    await made(scene, 't');
    await scene.go(RENAMED);
    expect(await retiredOf(scene)).toMatchObject({ table: 't', why: expect.stringMatching('another table') });
  });

  test('if it was dropped', async () => {
    const scene = await begun();
    await scene.go({ until: 'clean' });
    await scene.stores.source.drop('t');
    await scene.go(RENAMED);
    expect(await retiredOf(scene)).toMatchObject({ why: 'it is not there any more' });
  });

  test('if somebody takes the other one at the last moment', async () => {
    const scene = await begun();
    await made(scene, RETIRED);
    await scene.go(RENAMED);
    expect(await retiredOf(scene)).toMatchObject({ table: 't', why: expect.stringMatching('already') });
  });
});

describe('Nobody is asked to agree', () => {
  test('to a name that is taken', async () => {
    const scene = await begun();
    await made(scene, RETIRED);
    await expect(asked(scene, 'renamed')).rejects.toMatchObject({ code: 'LIVE_NAME_TAKEN' });
    expect(await asked(scene, 'kept')).toMatchObject({ newTable: null });
  });

  test('to wipe what another migration uses by now', async () => {
    const scene = await begun();
    await usedByAnother(scene);
    await expect(asked(scene, 'wiped')).rejects.toMatchObject({ code: 'LIVE_EXISTS' });
  });
});

test('What another migration uses by now is neither renamed nor wiped', async () => {
  const scene = await begun();
  await usedByAnother(scene);
  await expect(scene.go(WIPED)).rejects.toMatchObject({ code: 'LIVE_EXISTS' });
  expect(await scene.stores.source.list()).toEqual(['t']);
});

test('Who is asked to agree is told the name, and how many rows there are', async () => {
  const scene = await begun();
  expect(await asked(scene, 'wiped')).toMatchObject({ table: 't', newTable: RETIRED, wipe: true, rows: 4 });
  await scene.go(RENAMED);
  expect(await asked(scene, 'wiped')).toMatchObject({ table: RETIRED, newTable: null, rows: 4 });
});

test('A rename whose answer was lost is one', async () => {
  const scene = await begun();
  const lose = { code: 'TABLE_UNAVAILABLE', effect: 'unknown', applies: true } as const;
  await scene.go(RENAMED, { resolve: atRename(scene, lose) });
  expect(await retiredOf(scene)).toMatchObject({ table: RETIRED, renamed: true });
});

test('What an application makes by the former name, before it is known that it is free, is left alone', async () => {
  const scene = await begun();
  const resolve = atRename(scene, { code: 'TABLE_FULL', effect: 'unknown', applies: true });
  await expect(scene.go(RENAMED, { resolve })).rejects.toMatchObject({ code: 'TABLE_FULL' });
  await made(scene, 't');
  await scene.go(WIPED);
  expect((await (await scene.stores.source.open('t')).scan()).rows).toHaveLength(1);
  expect(await retiredOf(scene)).toMatchObject({ table: RETIRED, renamed: true, wiped: true });
});

test('Who wanted the source retired at the moment in which all was given up has the target left alone', async () => {
  const scene = await begun();
  await scene.go({ side: 'source', until: 'clean' });
  await want(scene, RENAMED);
  await expect(scene.follow()).rejects.toMatchObject({ code: 'LIVE_OVER' });
  expect(await scene.stores.target.list()).toEqual(['t']);
});

test('Who waits for a migration that has ended elsewhere hears that it is over, and has nothing opened', async () => {
  const scene = await begun();
  await scene.go(RENAMED);
  await want(scene, { side: 'source', until: 'complete' });
  const resolve = () => Promise.reject(new Error('this opens a store'));
  await expect(scene.follow({ resolve })).rejects.toMatchObject({ code: 'LIVE_OVER' });
});

test.each([
  ['kept', { until: 'clean' }],
  ['renamed', RENAMED],
  ['wiped', WIPED],
] as const)('Of a migration that is over, with its source %s, nothing is opened', async (_, goal) => {
  const scene = await begun();
  await scene.go(goal);
  const resolve = () => Promise.reject(new Error('this opens a store'));
  expect(await scene.go(goal, { resolve })).toBe('reached');
});

test('A worker that comes after the end has nothing to do, and opens nothing', async () => {
  const scene = await begun();
  await scene.go({ until: 'clean' });
  const resolve = () => Promise.reject(new Error('this opens a store'));
  await scene.work(new AbortController().signal, { resolve });
});

test('Who wants what is reached already need not wait for whoever drives', { timeout: 5_000 }, async () => {
  const scene = await begun();
  const { control, clock } = scene;
  const holder = { host: 'here', pid: 99, processStart: '1', bootId: '1', label: 'holder' };
  const { signal } = new AbortController();
  const detector = new FailureDetector({ clock, probe: () => 'alive' });
  const context = { control, clock, owner: holder, signal, detector };
  await withLock(context, `locks/live/${NAME}`, () => scene.follow());
});

/** Puts a goal in the place of another one, as if it had been written at the same moment as the end. */
async function want({ control }: Scene, goal: Partial<Goal>): Promise<void> {
  const found = await control.get('live/orders/goal');
  const value = { side: 'target', range: null, retired: 'kept', ...goal, format: 1 };
  await control.put('live/orders/goal', JSON.parse(JSON.stringify(value)), found?.revision);
}

/** A table of somebody else's, of one row. */
async function made({ stores }: Scene, name: string): Promise<void> {
  await stores.source.create(name);
  const table = await stores.source.open(name);
  await table.write([{ kind: 'insert', partitionKey: 'x', rowKey: 'y', properties: {} }]);
}

/** All ends; then the table makes way for one by its name, which is the target of another migration. */
async function usedByAnother(scene: Scene): Promise<void> {
  const { stores, control, clock, random, resolve } = scene;
  await scene.go({ until: 'clean' });
  await stores.source.drop('t');
  await stores.target.create('u');
  await createMigration({
    control,
    clock,
    random,
    resolve,
    dryRun: false,
    owner: { host: 'here', pid: 1, processStart: '1', bootId: '1', label: 'test' },
    name: 'another',
    source: { url: 'target', table: 'u' },
    target: { url: 'source', table: 't' },
    signal: new AbortController().signal,
  });
}

interface Fault {
  readonly code: 'TABLE_NOT_SUPPORTED' | 'TABLE_UNAVAILABLE' | 'TABLE_FULL';
  readonly effect: 'none' | 'unknown';
  readonly applies: boolean;
}

/** Stores whose first rename fails. */
function atRename(scene: Scene, { code, effect, applies }: Fault): Scene['resolve'] {
  let failed = false;
  return async (url) => {
    const { store } = await scene.resolve(url);
    const rename: Store['rename'] = async (...args) => {
      if (failed) return store.rename(...args);
      failed = true;
      if (applies) await store.rename(...args);
      throw new TableError(code, 'refused', { effect });
    };
    const faulty = new Proxy(store, {
      get: (inner, name) => (name === 'rename' ? rename : Reflect.get(inner, name, inner)),
    });
    return { store: faulty, table: undefined };
  };
}
