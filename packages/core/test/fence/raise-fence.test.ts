import { raiseFence, readFence } from 'changeover/fence';
import {
  FaultyTable,
  FENCE_TABLE,
  fenceKey,
  MemoryStore,
  type Store,
  type Table,
  TableError,
} from 'changeover/table';
import { expect, test } from 'vitest';
import { overriding } from '../table/broken/defect.ts';

const RESERVED = { reserved: true };

test('a fence that was never raised stands at 0, and looking makes no table', async () => {
  const store = new MemoryStore();
  expect(await readFence(store, 'f')).toBe(0);
  expect(await store.list(RESERVED)).toEqual([]);
});

test('each raise gives the next epoch, and the fence stands there', async () => {
  const store = new MemoryStore();
  for (const epoch of [1, 2, 3]) {
    expect(await raiseFence(store, 'f')).toEqual({ name: 'f', epoch });
    expect(await readFence(store, 'f')).toBe(epoch);
  }
});

test('fences of other names stand apart', async () => {
  const store = new MemoryStore();
  await raiseFence(store, 'f');
  await raiseFence(store, 'f');
  expect(await raiseFence(store, 'g')).toEqual({ name: 'g', epoch: 1 });
});

test('those who raise a fence at once get an epoch each, and none twice', async () => {
  const store = new MemoryStore();
  const raised = await Promise.all(Array.from({ length: 20 }, () => raiseFence(store, 'f')));
  const epochs = raised.map(({ epoch }) => epoch);
  expect(epochs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test('of those who raise a fence to one epoch, the others are refused', async () => {
  const store = new MemoryStore();
  await raiseFence(store, 'f');
  const race = await Promise.allSettled(Array.from({ length: 5 }, () => raiseFence(store, 'f', { to: 7 })));
  expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(race.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'TABLE_FENCED', effect: 'none', details: { fence: 'f', expected: 7, actual: 7 } },
  });
});

test('a fence is not raised to an epoch that has passed', async () => {
  const store = new MemoryStore();
  await raiseFence(store, 'f', { to: 5 });
  await expect(raiseFence(store, 'f', { to: 4 })).rejects.toMatchObject({ code: 'TABLE_FENCED' });
  expect(await readFence(store, 'f')).toBe(5);
});

test.each([0, -1, 1.5, 2 ** 53])('a fence is not raised to %s', async (to) => {
  const store = new MemoryStore();
  await expect(raiseFence(store, 'f', { to })).rejects.toMatchObject({ code: 'TABLE_OPTION_INVALID' });
  expect(await store.list(RESERVED)).toEqual([]);
});

test('a store that cannot check fences has none raised', async () => {
  const store = new MemoryStore({ manifest: { fencing: false } });
  await expect(raiseFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_NOT_SUPPORTED' });
  expect(await store.list(RESERVED)).toEqual([]);
});

test('an outage is never taken for a fence that was not raised', async () => {
  const { store, faults } = await faultyScene();
  faults.push('unavailable');
  await expect(readFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE', effect: 'none' });
});

test('a store that nobody reaches is never taken for one without fences', async () => {
  const inner = new MemoryStore();
  const open = () => Promise.reject(new TableError('TABLE_UNAVAILABLE', 'nobody there', { effect: 'none' }));
  const store = overriding<Store>(inner, { open });
  await expect(readFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  await expect(raiseFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  expect(await inner.list(RESERVED)).toEqual([]);
});

test('a raise whose reply is lost says so, and the next one is above it', async () => {
  const { store, faults } = await faultyScene();
  faults.push(undefined, 'lostReply');
  await expect(raiseFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_TIMEOUT', effect: 'unknown' });
  expect(await raiseFence(store, 'f')).toEqual({ name: 'f', epoch: 3 });
});

test('a row that holds no epoch is corrupt, and is not raised', async () => {
  const store = new MemoryStore();
  await raiseFence(store, 'f');
  const fences = await store.open(FENCE_TABLE, RESERVED);
  await fences.write([{ ...fenceKey('f'), kind: 'upsertReplace', properties: {} }]);
  await expect(readFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_CORRUPT' });
  await expect(raiseFence(store, 'f')).rejects.toMatchObject({ code: 'TABLE_CORRUPT', effect: 'none' });
});

/** A store with a fence at 1; of the operations on its fences from then on, the next ones fail as told. */
async function faultyScene() {
  const inner = new MemoryStore();
  await raiseFence(inner, 'f');
  const faults: (undefined | 'unavailable' | 'lostReply')[] = [];
  const open = async (...where: Parameters<MemoryStore['open']>): Promise<Table> =>
    new FaultyTable(await inner.open(...where), () => faults.shift());
  return { store: overriding<MemoryStore>(inner, { open } as Partial<MemoryStore>), faults };
}
