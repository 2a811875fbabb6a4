import { raiseFence } from 'changeover/fence';
import { bring, MigratingTable, type Phase, type Sides } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import { FaultyTable, MemoryStore, type Table, TableError } from 'changeover/table';
import { describe, expect, test, vi } from 'vitest';
import { emptySides, PARTITION, put, text } from './validate-fixture.ts';

const work = { plan: 1, born: 'source', until: 'complete' } as const;
const managed: Phase = { kind: 'managed', born: 'source', plan: 1 };

function silentWrites(inner: Table): Table {
  return new FaultyTable(inner, (operation) => (operation === 'write' ? 'lostRequest' : undefined));
}

function down(inner: Table): Table {
  return new FaultyTable(inner, () => 'throttled');
}

test('a worker gives up on a store that answers reads and no writes, and says that it may be half done', async () => {
  const sides = await emptySides();
  const stuck = { ...sides, target: silentWrites(sides.target) };
  await expect(bring(stuck, PARTITION, 'target', work)).rejects.toMatchObject({
    code: 'TABLE_THROTTLED',
    effect: 'unknown',
  });
});

describe('while the target is down', () => {
  test('what the source has alone is read and written as ever', async () => {
    const sides = await emptySides();
    const clock = new VirtualClock();
    const application = new MigratingTable({ sides, phase: managed, clock });
    await put(application, 'a', text('one'));
    const alone = new MigratingTable({
      sides: { ...sides, target: down(sides.target) },
      phase: { kind: 'alone', side: 'source', clean: true },
      clock,
    });
    await put(alone, 'b', text('two'));
    expect(await alone.query(PARTITION)).toHaveLength(2);
  });

  test('a write to a partition that has turned fails without effect, and is right once the store is back', async () => {
    const sides = await emptySides();
    await put(sides.source, 'a', text('one'));
    await bring(sides, PARTITION, 'target', { ...work, until: 'turned' });
    const clock = new VirtualClock();
    const half = new MigratingTable({
      sides: { ...sides, target: down(sides.target) },
      phase: managed,
      clock,
    });
    await expect(put(half, 'a', text('two'))).rejects.toMatchObject({ effect: 'none' });
    const whole = new MigratingTable({ sides, phase: managed, clock });
    expect((await whole.query(PARTITION)).map(({ properties }) => properties['text']?.value)).toEqual([
      'one',
    ]);
    await put(whole, 'a', text('two'));
    expect((await whole.query(PARTITION)).map(({ properties }) => properties['text']?.value)).toEqual([
      'two',
    ]);
  });

  test('the copy breaks off, and goes on when it is back', async () => {
    const sides = await emptySides();
    await put(sides.source, 'a', text('one'));
    const half = { ...sides, target: down(sides.target) };
    await expect(bring(half, PARTITION, 'target', work)).rejects.toBeInstanceOf(TableError);
    expect(await bring(sides, PARTITION, 'target', work)).toBe('done');
  });
});

describe('a client whose phase is over, and who was not told', () => {
  async function late() {
    const [source, target] = [new MemoryStore({ name: 'source' }), new MemoryStore({ name: 'target' })];
    const open = async (store: MemoryStore) => {
      await store.create('t');
      return store.open('t', { reserved: true });
    };
    const sides: Sides = { source: await open(source), target: await open(target) };
    const fence = await raiseFence(source, 'phase');
    const clock = new VirtualClock();
    const phase: Phase = { kind: 'alone', side: 'source', clean: true, fence };
    const table = new MigratingTable({ sides, phase, clock });
    await raiseFence(source, 'phase');
    return { table, clock, sides };
  }

  test('writes as soon as it is told', async () => {
    const { table, clock, sides } = await late();
    const writing = put(table, 'a', text('one'));
    await vi.waitUntil(() => clock.sleeping > 0);
    await table.adopt(managed);
    await writing;
    expect(await sides.source.get({ partitionKey: PARTITION, rowKey: 'a' })).toBeDefined();
  });

  test('fails without effect if nobody ever tells it', async () => {
    const { table, clock, sides } = await late();
    const writing = put(table, 'a', text('one'));
    const failing = expect(writing).rejects.toMatchObject({ code: 'TABLE_FENCED', effect: 'none' });
    await clock.advance(60_000);
    await failing;
    expect(await sides.source.get({ partitionKey: PARTITION, rowKey: 'a' })).toBeUndefined();
  });

  test('stops waiting as soon as it is aborted', async () => {
    const { table, clock } = await late();
    const abort = new AbortController();
    const change = { kind: 'upsertReplace', partitionKey: PARTITION, rowKey: 'a', properties: {} } as const;
    const writing = table.write([change], { signal: abort.signal });
    const failing = expect(writing).rejects.toMatchObject({ code: 'TABLE_ABORTED', effect: 'none' });
    await vi.waitUntil(() => clock.sleeping > 0);
    abort.abort();
    await failing;
  });
});

test('a client that slept while its side was retired and renamed goes on where it finds the rows', async () => {
  const [source, target] = [new MemoryStore({ name: 'source' }), new MemoryStore({ name: 'target' })];
  for (const store of [source, target]) await store.create('t');
  const open = (store: MemoryStore) => store.open('t', { reserved: true });
  await put(await open(target), 'a', text('one'));
  let holds = true;
  const sleeper = new Proxy(await open(source), {
    get: (inner, name) => {
      const value: unknown = Reflect.get(inner, name, inner);
      if (name !== 'get' && name !== 'query' && name !== 'scan') return value;
      return async (...args: unknown[]) => {
        holds = false;
        await source.rename('t', 'retired');
        return (value as (...all: unknown[]) => unknown).apply(inner, args);
      };
    },
  });
  const clock = new VirtualClock();
  const sides = { source: sleeper, target: await open(target) };
  const table = new MigratingTable({ sides, phase: managed, tenure: { holds: () => holds }, clock });
  const reading = table.get({ partitionKey: PARTITION, rowKey: 'a' });
  reading.catch(() => undefined);
  await vi.waitUntil(() => clock.sleeping > 0);
  await table.adopt({ kind: 'alone', side: 'target', clean: true }, { tenure: { holds: () => true } });
  expect((await reading)?.properties).toEqual(text('one'));
});
