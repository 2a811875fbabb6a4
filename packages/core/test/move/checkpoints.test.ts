import { type JobStatus, listJobs, PROGRESS_TABLE, runMove } from 'changeover/move';
import type { Properties } from 'changeover/table';
import { expect, test } from 'vitest';
import { contextOf, faulty, newScene, numbered, requestOf, type Scene } from './fixture.ts';

const rows = numbered(20_000, 1);

/** A copy that was interrupted in the middle, with four shards in its target. */
async function interrupted(): Promise<Scene> {
  const scene = await newScene(rows);
  let loads = 0;
  const target = faulty(scene.target, (operation) =>
    operation === 'load' && ++loads > 7 ? 'throttled' : undefined,
  );
  const request = requestOf(scene, { target, batchRows: 1_000 });
  await expect(runMove(request, contextOf(scene))).rejects.toMatchObject({ code: 'TABLE_THROTTLED' });
  return scene;
}

/** Changes the checkpoint of the second shard behind the mover's back. */
async function spoil(scene: Scene, change: Properties): Promise<void> {
  const [job] = (await listJobs({ ...scene, probe: () => 'alive' })) as [JobStatus];
  const progress = await scene.target.open(PROGRESS_TABLE, { reserved: true });
  const key = { partitionKey: `job:${job.id}:1`, rowKey: '000000:shard:000001' };
  await progress.write([{ kind: 'merge', ...key, properties: change, condition: '*' }]);
}

test.each<[string, Properties]>([
  ['that begins elsewhere', { afterRow: { type: 'string', value: '12345' } }],
  ['that ends elsewhere', { throughRow: { type: 'string', value: '09000' } }],
  ['whose position is outside of it', { positionPartition: { type: 'string', value: 'z' } }],
  ['of another kind', { done: { type: 'string', value: 'yes' } }],
])('A checkpoint %s is refused, and nothing is skipped on its word', async (_kind, change) => {
  const scene = await interrupted();
  await spoil(scene, change);
  await expect(runMove(requestOf(scene), contextOf(scene))).rejects.toMatchObject({
    code: 'MOVE_CHECKPOINT_UNUSABLE',
    hint: expect.stringContaining('--recreate'),
  });
});

test('A job document of another format is refused', async () => {
  const scene = await interrupted();
  const [document] = await scene.control.list('jobs/');
  const { name, value, revision } = document as NonNullable<typeof document>;
  await scene.control.put(name, { ...(value as object), format: 99 }, revision);
  await expect(runMove(requestOf(scene), contextOf(scene))).rejects.toMatchObject({
    code: 'MOVE_CHECKPOINT_UNUSABLE',
  });
});

test('Checkpoints that are as the mover left them are gone on with', async () => {
  const scene = await interrupted();
  expect(await runMove(requestOf(scene), contextOf(scene))).toMatchObject({
    rows: 20_000,
    validation: { missing: 0 },
  });
});
