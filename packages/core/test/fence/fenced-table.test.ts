import { FencedTable, raiseFence } from 'changeover/fence';
import { MemoryStore, type Table } from 'changeover/table';
import { expect, test } from 'vitest';

const ROW = { partitionKey: 'p', rowKey: 'r', properties: {} };
const KEY = { partitionKey: 'p', rowKey: 'r' };

const WRITES: readonly (readonly [name: string, write: (table: Table) => Promise<unknown>])[] = [
  ['a write', (table) => table.write([{ ...ROW, kind: 'upsertReplace' }])],
  ['a load', (table) => table.load([ROW])],
  ['an unconditional delete', (table) => table.write([{ ...KEY, kind: 'delete' }])],
];

test.each(WRITES)('%s through a table whose epoch has passed is refused', async (_, write) => {
  const { store, table, fenced } = await scene();
  await table.load([ROW]);
  const { version } = (await table.get(KEY)) ?? {};
  await raiseFence(store, 'owner');
  await expect(write(fenced)).rejects.toMatchObject({
    code: 'TABLE_FENCED',
    effect: 'none',
    details: { fence: 'owner', expected: 1, actual: 2 },
  });
  expect(await table.get(KEY)).toMatchObject({ version });
});

test.each(WRITES)('%s through a table whose epoch stands is applied', async (_, write) => {
  const { table, fenced } = await scene();
  await table.load([ROW]);
  const before = await table.describe();
  await write(fenced);
  expect((await table.describe()).changeToken).not.toBe(before.changeToken);
});

test.each(WRITES)("%s needs the caller's own fences as well", async (_, write) => {
  const { store, table, fenced } = await scene();
  const mine = await raiseFence(store, 'mine');
  await raiseFence(store, 'mine');
  await expect(write(new FencedTable(fenced, mine))).rejects.toMatchObject({
    code: 'TABLE_FENCED',
    details: { fence: 'mine' },
  });
  expect(await table.get(KEY)).toBeUndefined();
});

test('a table whose epoch has passed still reads', async () => {
  const { store, table, fenced } = await scene();
  await table.load([ROW]);
  await raiseFence(store, 'owner');
  expect(await fenced.get(KEY)).toMatchObject(ROW);
});

test('a table that cannot check fences is not fenced', async () => {
  const store = new MemoryStore({ manifest: { fencing: false } });
  await store.create('t');
  const table = await store.open('t');
  expect(() => new FencedTable(table, { name: 'owner', epoch: 1 })).toThrow(
    expect.objectContaining({ code: 'TABLE_NOT_SUPPORTED', effect: 'none' }),
  );
});

test('an epoch that nobody can own is refused before any write', async () => {
  const { table } = await scene();
  expect(() => new FencedTable(table, { name: 'owner', epoch: 0 })).toThrow(
    expect.objectContaining({ code: 'TABLE_OPTION_INVALID' }),
  );
});

async function scene() {
  const store = new MemoryStore();
  await store.create('t');
  const table = await store.open('t');
  return { store, table, fenced: new FencedTable(table, await raiseFence(store, 'owner')) };
}
