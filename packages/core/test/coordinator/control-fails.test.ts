import type { MigratingTable } from 'changeover/live';
import { describe, expect, test } from 'vitest';
import { Scene } from './fixture.ts';
import { FAULTS, type Fault } from './outage.ts';
import { PARTITIONS, WAYS, type Way } from './ways.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
/** There are hundreds of accesses on each way; `npm run test:long` looks at all. */
const SAMPLED = 11;
const LEASE_MS = 15_000;

describe.each(FAULTS)('When the control store is $title, at any access of whoever drives,', (fault) => {
  for (const way of WAYS) {
    test(`it stops with that error, and goes on when it is mended: ${way.title}`, {
      timeout: 600_000,
    }, async () => {
      const step = LONG ? 1 : SAMPLED;
      let access = 1 + FAULTS.indexOf(fault);
      while (await fails(way, fault, access)) access += step;
      expect(access).toBeGreaterThan(step);
    });
  }
});

/** False if the way came to its end before it failed. */
async function fails({ before, goal }: Way, fault: Fault, access: number): Promise<boolean> {
  const scene = new Scene();
  await scene.create(PARTITIONS, 2);
  const table = await scene.open();
  for (const each of before) await scene.go(each);
  await scene.aim(goal);
  scene.outage.begin(fault, access);
  const ended = await scene.drive().then(
    () => undefined,
    (error: unknown) => error,
  );
  const { met } = scene.outage;
  if (ended !== undefined) expect(ended, `at access ${access}`).toMatchObject({ code: fault.code });
  scene.outage.end();
  await scene.go(goal);
  await table.write([{ kind: 'upsertReplace', partitionKey: 'b', rowKey: 'between', properties: {} }]);
  expect((await table.scan()).rows, `at access ${access}`).toHaveLength(5);
  await scene.check(goal);
  await table.close();
  return met;
}

describe.each(FAULTS)('An application whose control store is $title', (fault) => {
  async function stopped(): Promise<{ readonly scene: Scene; readonly table: MigratingTable }> {
    const scene = new Scene();
    await scene.create(PARTITIONS, 2);
    const table = await scene.open();
    await scene.go({ until: 'managed' });
    scene.outage.begin(fault, 1);
    return { scene, table };
  }

  async function pass({ clock }: Scene, ms: number): Promise<void> {
    for (const untilMs = clock.monotonic() + ms; clock.monotonic() < untilMs; ) await clock.sleep(100);
  }

  test('is served until the end of its lease', async () => {
    const { scene, table } = await stopped();
    await pass(scene, LEASE_MS / 2);
    expect(await table.query('a')).toHaveLength(2);
    scene.outage.end();
    await table.close();
  });

  test('has no answer after that, and nothing that it writes is applied', async () => {
    const { scene, table } = await stopped();
    await pass(scene, LEASE_MS);
    const lost = { code: 'CONTROL_LEASE_LOST', effect: 'none' };
    await expect(table.query('a')).rejects.toMatchObject(lost);
    const write = table.write([{ kind: 'insert', partitionKey: 'a', rowKey: 'late', properties: {} }]);
    await expect(write).rejects.toMatchObject(lost);
    expect(await scene.keys('source')).not.toContain('a/late');
    scene.outage.end();
    await table.close();
  });

  test('goes on by itself when it is mended', async () => {
    const { scene, table } = await stopped();
    await pass(scene, LEASE_MS);
    scene.outage.end();
    await pass(scene, 1_000);
    expect(await table.query('a')).toHaveLength(2);
    await scene.go({ until: 'alone' });
    expect(await table.query('b')).toHaveLength(2);
    await table.close();
  });
});
