import { runMove } from 'changeover/move';
import { expect, test } from 'vitest';
import { contextOf, newScene, numbered, requestOf } from './fixture.ts';

test.each(['validate', 'repair'] as const)(
  'To %s a table that was copied and is gone since is refused, with the way to start over',
  async (step) => {
    const scene = await newScene(numbered(10));
    await runMove(requestOf(scene), contextOf(scene));
    await scene.target.drop('t');
    await expect(runMove(requestOf(scene, { steps: [step] }), contextOf(scene))).rejects.toMatchObject({
      code: 'MOVE_CHECKPOINT_UNUSABLE',
      effect: 'none',
      hint: expect.stringContaining('--recreate'),
    });
  },
);

test('To validate a table that was never copied finds no such table', async () => {
  const scene = await newScene(numbered(10));
  await expect(runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene))).rejects.toMatchObject({
    code: 'TABLE_NOT_FOUND',
  });
});

test('To repair a table that is not there makes nothing in the target', async () => {
  const scene = await newScene(numbered(10));
  await expect(runMove(requestOf(scene, { steps: ['repair'] }), contextOf(scene))).rejects.toMatchObject({
    code: 'TABLE_NOT_FOUND',
  });
  expect(await scene.target.list({ reserved: true })).toEqual([]);
});
