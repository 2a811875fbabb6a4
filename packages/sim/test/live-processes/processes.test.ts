import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from 'changeover/std';
import { expect, onTestFinished, test } from 'vitest';
import { faultsOf, type RecordedOperation } from './history.ts';
import { Scene, type SceneOptions } from './scene.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const SEED = Number(process.env['CHANGEOVER_TEST_SEED'] ?? Date.now() % 1_000_000);
const SIZE = LONG
  ? { clients: 8, partitions: 24, thinkMs: 10, gapMs: 600 }
  : { clients: 5, partitions: 6, thinkMs: 40, gapMs: 500 };

type Sides = Pick<SceneOptions, 'source' | 'target'>;

/** A whole migration, there, back, there, and to its end, under clients, while all processes are killed and stopped. */
async function survives(sides: (directory: string) => Sides): Promise<void> {
  const random = seededRandom(SEED);
  const directory = await mkdtemp(join(tmpdir(), 'changeover-processes-'));
  const scene = await Scene.open({ ...SIZE, ...sides(directory), directory, random });
  onTestFinished(async () => {
    await scene.close();
    await rm(directory, { recursive: true, force: true });
  });
  const calm = new AbortController();
  const harassing = scene.harass(calm.signal, SIZE.gapMs);
  await scene.go({ until: 'alone' }, { forMs: random() * 3000 });
  await scene.go({ side: 'source', until: 'alone' });
  await scene.go({ until: 'alone' });
  await scene.go({ side: 'source', until: 'alone' }, { forMs: random() * 3000 });
  await scene.go({ until: 'clean', wipe: true });
  calm.abort();
  await harassing;
  const operations = await scene.end();
  console.log(operations.length, JSON.stringify(scene.hits, undefined, 1));
  expect(scene.faults).toEqual([]);
  expect(faultsOf({ ...scene, operations })).toEqual([]);
  expect(await scene.physical('target')).toEqual(lastRowsOf(operations));
  expect(await scene.physical('source')).toEqual([]);
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

test(
  `SQLite to SQLite: no answer is wrong and nothing is lost, whoever is killed or stopped (CHANGEOVER_TEST_SEED=${SEED})`,
  {
    timeout: LONG ? 3_600_000 : 300_000,
  },
  () =>
    survives((directory) => ({
      source: { url: `sqlite:${join(directory, 'source.db')}`, table: 'orders' },
      target: { url: `sqlite:${join(directory, 'target.db')}`, table: 'orders' },
    })),
);
