import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Goal } from 'changeover/coordinator';
import { type Random, seededRandom } from 'changeover/std';
import { expect, onTestFinished, test } from 'vitest';
import { faultsOf, type RecordedOperation } from './history.ts';
import { SIDES, type Sides } from './places.ts';
import { Scene } from './scene.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const SEED = Number(process.env['CHANGEOVER_TEST_SEED'] ?? Date.now() % 1_000_000);
const CALLS = LONG ? 35_000 : 1_000;
const SIZE = LONG
  ? { clients: 7, partitions: 30, thinkMs: 15, gapMs: 700 }
  : { clients: 5, partitions: 6, thinkMs: 40, gapMs: 400 };
/** Changes of direction before the last one. */
const TURNS = LONG ? 6 : 2;
/** When what is not waited for is given up, at the latest. */
const BEGUN_MS = 2000;
/** How long it stays where it came, at most. */
const STAYED_MS = 1000;

for (const [name, makeSides] of Object.entries(SIDES)) {
  test(`${name}: whoever is killed or stopped, no answer is wrong and nothing is lost (CHANGEOVER_TEST_SEED=${SEED})`, {
    timeout: LONG ? 3_600_000 : 300_000,
  }, async ({ skip }) => {
    for (let [seed, calls] = [SEED, 0]; calls < CALLS; seed += 1) {
      const directory = await mkdtemp(join(tmpdir(), 'changeover-processes-'));
      onTestFinished(async ({ task }) => {
        // What a failure leaves is looked at.
        if (task.result?.state !== 'fail') await rm(directory, { recursive: true, force: true });
      });
      const sides = await makeSides(directory);
      if (typeof sides === 'string') return skip(`not run: ${sides}`);
      try {
        calls += await survives(sides, directory, seed);
      } finally {
        await sides.close();
      }
    }
  });
}

/** A whole migration, there, back, there, and to its end, under clients, while all processes are killed and stopped. */
async function survives({ source, target }: Sides, directory: string, seed: number): Promise<number> {
  const random = seededRandom(seed);
  const scene = await Scene.open({ ...SIZE, source, target, directory, random });
  try {
    const calm = new AbortController();
    const harassing = scene.harass(calm.signal, SIZE.gapMs);
    for (const goal of goals(random)) {
      await scene.go(goal, random() < 0.3 ? { forMs: random() * BEGUN_MS } : {});
      await sleep(random() * STAYED_MS);
    }
    await scene.go({ until: 'clean', retired: 'wiped' });
    await sleep(STAYED_MS);
    calm.abort();
    await harassing;
    const operations = await scene.end();
    const context = `seed ${seed}, ${directory}, ${JSON.stringify(scene.hits)}`;
    expect(scene.faults, context).toEqual([]);
    const { initial, strippedFrom } = scene;
    expect(faultsOf({ operations, initial, strippedFrom }), context).toEqual([]);
    expect(await scene.physical('target'), context).toEqual(lastRowsOf(operations));
    expect(await scene.physical('source'), context).toEqual([]);
    return operations.length;
  } finally {
    await scene.close();
  }
}

/** There and back, not always all the way. */
function goals(random: Random): readonly Partial<Goal>[] {
  const UNTIL = ['managed', 'complete', 'alone', 'alone'] as const;
  const drawn = () => UNTIL[Math.floor(random() * UNTIL.length)] as Goal['until'];
  return Array.from({ length: TURNS }, (_, turn) => ({
    side: turn % 2 === 0 ? 'target' : 'source',
    until: drawn(),
  }));
}

function lastRowsOf(operations: readonly RecordedOperation[]): readonly string[] {
  return operations
    .filter(({ process }) => process === 0)
    .flatMap(({ asked, answer }) =>
      answer?.type === 'rows'
        ? answer.rows.map(
            ({ rowKey, content }) => `${asked.partitionKey}/${rowKey}${JSON.stringify(content)}`,
          )
        : [],
    );
}
