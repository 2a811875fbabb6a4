import { migrationStatus } from 'changeover/coordinator';
import { expect, test } from 'vitest';
import { NAME, Scene } from './fixture.ts';

async function begun(): Promise<Scene> {
  const scene = new Scene();
  await scene.create(['a', 'b', 'c'], 3);
  return scene;
}

async function stage(scene: Scene): Promise<string> {
  const { control, clock } = scene;
  return (await migrationStatus({ control, clock, probe: () => 'alive' }, NAME)).stage;
}

test('A migration goes all the way, and leaves a clean target and a source that says that it is over', async () => {
  const scene = await begun();
  const table = await scene.open();
  await scene.go({ until: 'alone' });
  expect(await stage(scene)).toBe('target only');
  await table.write([{ kind: 'insert', partitionKey: 'd', rowKey: 'x', properties: {} }]);
  await scene.go({ until: 'clean', wipe: true });
  expect(await stage(scene)).toBe('finalized');
  expect(await scene.keys('target')).toHaveLength(10);
  expect(await scene.keys('source')).toEqual([]);
  expect(await table.query('d')).toHaveLength(1);
  await table.close();
});
