import type { Goal } from 'changeover/coordinator';
import { isReservedProperty, isReservedRow } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { CrashingControl } from './crashing-control.ts';
import { Scene } from './fixture.ts';

/** Where a migration is, and where it shall go. */
interface Way {
  readonly before: readonly Partial<Goal>[];
  readonly goal: Partial<Goal>;
}

const COMPLETE = { until: 'complete' } as const;
const BACK = { side: 'source', until: 'alone' } as const;
const WAYS: Readonly<Record<string, Way>> = {
  'to its end': { before: [], goal: { until: 'clean', wipe: true } },
  'back from the target': { before: [{ until: 'alone' }], goal: BACK },
  'there again': { before: [COMPLETE, BACK], goal: { until: 'alone' } },
  'given up': { before: [COMPLETE], goal: { side: 'source', until: 'clean' } },
};

const KEYS = ['a/r0', 'a/r1', 'b/r0', 'b/r1', 'c/new'];

/** With partitions on the source, and one that was born since. */
async function begin({ before }: Way): Promise<Scene> {
  const scene = new Scene();
  await scene.create(['a', 'b'], 2);
  for (const goal of before) await scene.go(goal);
  const table = await scene.open();
  await table.write([{ kind: 'insert', partitionKey: 'c', rowKey: 'new', properties: {} }]);
  await table.close();
  return scene;
}

/** Drives it with a process that is killed at that write. False if it came to its end before. */
async function crash(scene: Scene, at: number, when: 'before' | 'after'): Promise<boolean> {
  const crashing = new CrashingControl(scene.control, { at, when });
  await scene.reach({ control: crashing.seen }).catch((error: unknown) => {
    if (!crashing.isDead) throw error;
  });
  return crashing.isDead;
}

async function rowsSeen(scene: Scene): Promise<readonly string[]> {
  const table = await scene.open();
  const { rows } = await table.scan();
  await table.close();
  return rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`);
}

async function hidden(scene: Scene, side: 'source' | 'target'): Promise<number> {
  const { rows } = await (await scene.side(side)).scan();
  return rows.filter(
    ({ rowKey, properties }) => isReservedRow(rowKey) || Object.keys(properties).some(isReservedProperty),
  ).length;
}

describe.for(['before', 'after'] as const)('Killed %s any write to the control store', (when) => {
  test.for(Object.entries(WAYS))('a migration %s is gone on with by the next process', async ([, way]) => {
    for (let at = 1, dead = true; dead; at += 1) {
      const scene = await begin(way);
      await scene.aim(way.goal);
      dead = await crash(scene, at, when);
      await scene.reach();
      expect(await rowsSeen(scene), `killed at write ${at}`).toEqual(KEYS);
      if (way.goal.until === 'clean') expect(await hidden(scene, way.goal.side ?? 'target'), `${at}`).toBe(0);
    }
  });

  test('a validation that finds a difference never passes', async () => {
    for (let at = 1, dead = true; dead; at += 1) {
      const scene = await begin({ before: [COMPLETE, { ...BACK, until: 'managed' }], goal: {} });
      await scene.aim(COMPLETE);
      await damage(scene);
      dead = await crash(scene, at, when).catch(() => false);
      await expect(scene.reach(), `killed at write ${at}`).rejects.toMatchObject({ code: 'LIVE_DIFFERENT' });
    }
  });
});

/** A copy that went wrong. */
async function damage(scene: Scene): Promise<void> {
  const target = await scene.side('target');
  const properties = { wrong: { type: 'boolean', value: true } } as const;
  await target.write([{ kind: 'merge', partitionKey: 'a', rowKey: 'r0', properties, condition: '*' }]);
}
