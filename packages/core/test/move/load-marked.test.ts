import { runMove } from 'changeover/move';
import { MemoryStore, type RowData } from 'changeover/table';
import { expect, test } from 'vitest';
import { Checkpoints, createProgress } from '../../src/move/checkpoints.ts';
import { loadMarked } from '../../src/move/load-marked.ts';
import { contextOf, newScene, requestOf, rowsOf } from './fixture.ts';

const APART = { load: { rows: 100, bytes: 1_000_000, atomic: false, marks: false } };
const rows = Array.from(
  { length: 250 },
  (_, index): RowData => ({ partitionKey: 'p', rowKey: String(index).padStart(5, '0'), properties: {} }),
);

/** A target that cannot commit checkpoints with rows, and a shard that somebody copies into it. */
async function begun() {
  const store = new MemoryStore({ name: 'target', manifest: APART });
  await store.create('t');
  const [target, progress] = [await store.open('t'), await createProgress(store)];
  const checkpoints = new Checkpoints(progress, 'job', 1);
  const { shards } = await checkpoints.plan(0, [{ after: undefined, through: undefined }], null);
  const [shard] = await checkpoints.claim(0, shards);
  if (!shard) throw new Error('there is a shard');
  const next = { position: { partitionKey: 'p', rowKey: '00000' }, rows: 1, bytes: 1, done: false };
  const load = () =>
    loadMarked({ target, progress }, rows.slice(0, 1), checkpoints.markOf(0, shard, next), {});
  return { store, checkpoints, shard, load };
}

test('A move goes to a target that cannot commit checkpoints with rows', async () => {
  const scene = await newScene(rows);
  const target = new MemoryStore({ name: 'apart', manifest: APART });
  await runMove(requestOf(scene, { target }), contextOf(scene));
  expect(await rowsOf(target)).toEqual(rows);
});

test('The checkpoint is written behind the rows', async () => {
  const { store, checkpoints, load } = await begun();
  const version = await load();
  expect(await rowsOf(store)).toHaveLength(1);
  expect((await checkpoints.read(0))?.shards[0]).toMatchObject({ rows: 1, version });
});

test('Whoever was overtaken before its load writes no row', async () => {
  const { store, checkpoints, shard, load } = await begun();
  await checkpoints.claim(0, [shard]);
  await expect(load()).rejects.toMatchObject({ code: 'TABLE_VERSION_MISMATCH', effect: 'none' });
  expect(await rowsOf(store)).toEqual([]);
});
