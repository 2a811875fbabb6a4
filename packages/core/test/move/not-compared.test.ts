import { jobStatus, runMove } from 'changeover/move';
import { expect, test } from 'vitest';
import { contextOf, faulty, newScene, numbered, requestOf } from './fixture.ts';

test('A validation that could not compare everything is work left, with which the same command goes on', async () => {
  const scene = await newScene(numbered(60));
  let up = false;
  const target = faulty(scene.target, (operation) =>
    operation === 'scan' && !up ? 'unavailable' : undefined,
  );
  const request = requestOf(scene, { target });
  const first = await runMove(request, contextOf(scene));
  expect(first.validation).toMatchObject({ notCompared: 60 });
  expect(await jobStatus(contextOf(scene), first.job)).toMatchObject({
    state: 'interrupted',
    step: 'validate',
  });
  up = true;
  expect(await runMove(request, contextOf(scene))).toMatchObject({
    steps: ['validate'],
    validation: { compared: 60, notCompared: 0 },
  });
  expect(await jobStatus(contextOf(scene), first.job)).toMatchObject({ state: 'finished' });
});
