import { MemoryControl } from 'changeover/control';
import { abandonJob, runMove } from 'changeover/move';
import { seededRandom } from 'changeover/std';
import { expect, test } from 'vitest';
import { contextOf, newScene, numbered, put, requestOf, rowsOf, type Scene } from './fixture.ts';

const rows = numbered(100);

function another(scene: Scene): MemoryControl {
  return new MemoryControl({ clock: scene.clock, random: seededRandom(2) });
}

test('A job that only compared takes no checkpoints of another control store for its own', async () => {
  const scene = await newScene(rows);
  await runMove(requestOf(scene), contextOf(scene));
  await put(scene.source, numbered(120).slice(100));
  const context = contextOf(scene, { control: another(scene) });
  await runMove(requestOf(scene, { steps: ['validate'] }), context);
  await runMove(requestOf(scene, { intoExisting: true }), context);
  expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
});

test('A table that another control store has set up since it was looked at is left to it', async () => {
  const scene = await newScene(rows);
  const control = another(scene);
  const append = control.append.bind(control);
  control.append = async (entry) => {
    // By now everything was looked at, and nothing written to the target.
    await runMove(requestOf(scene, { steps: ['setup'] }), contextOf(scene));
    return append(entry);
  };
  const late = runMove(requestOf(scene), contextOf(scene, { control }));
  await expect(late).rejects.toMatchObject({ code: 'MOVE_JOB_ELSEWHERE' });
  await runMove(requestOf(scene), contextOf(scene));
  expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
});

test('Giving a job up leaves the mark of another control store that has taken it over', async () => {
  const scene = await newScene(rows);
  const { job } = await runMove(requestOf(scene, { steps: ['setup'] }), contextOf(scene));
  const control = another(scene);
  await runMove(requestOf(scene, { recreate: true, steps: ['setup'] }), contextOf(scene, { control }));
  await abandonJob({ id: job, target: scene.target }, contextOf(scene));
  const third = contextOf(scene, {
    control: new MemoryControl({ clock: scene.clock, random: seededRandom(3) }),
  });
  await expect(runMove(requestOf(scene), third)).rejects.toMatchObject({ code: 'MOVE_JOB_ELSEWHERE' });
});

test('Giving up a job that only compared leaves the checkpoints of another control store', async () => {
  const scene = await newScene(rows);
  await scene.target.create('t');
  const { job } = await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
  const elsewhere = contextOf(scene, { control: another(scene) });
  await runMove(requestOf(scene, { steps: ['setup'] }), elsewhere);
  await abandonJob({ id: job, target: scene.target }, contextOf(scene));
  await runMove(requestOf(scene), elsewhere);
  expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
});
