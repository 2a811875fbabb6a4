import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from 'changeover/std';
import { expect, onTestFinished, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';
import { awkwardRows, Scene } from './scene.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const KILLS = LONG ? 200 : 20;
const ROWS = LONG ? 200_000 : 40_000;
const SEED = Number(process.env['CHANGEOVER_TEST_SEED'] ?? Date.now() % 1_000_000);

/** Some kills come while the command still loads, the others so long after its first step began. */
const EARLY = 0.2;
const EARLY_LATEST_MS = 400;
const LATEST_MS = 500;
/** So slow that about half of the kills find it copying. */
const ROWS_PER_SECOND = Math.round(ROWS / ((KILLS * LATEST_MS) / 4_000));
const PACE = ['--json', '--threads', '4', '--batch-rows', '100', '--rate', String(ROWS_PER_SECOND)];

/** What a kill found the command at. */
type Phase = 'loading' | 'setup' | 'copy' | 'validate' | 'ended';

test(`A move killed ${KILLS} times at random moments ends with exactly its source (CHANGEOVER_TEST_SEED=${SEED})`, {
  timeout: LONG ? 600_000 : 60_000,
}, async () => {
  const random = seededRandom(SEED);
  const scene = await Scene.open(awkwardRows(ROWS));
  onTestFinished(() => scene.close());
  const before = await scene.hash('source.db');
  const hits: Record<Phase, number> = { loading: 0, setup: 0, copy: 0, validate: 0, ended: 0 };
  for (let kill = 0; kill < KILLS; kill += 1) {
    hits[await killAtRandom(scene, random, await nextStep(scene))] += 1;
  }
  const last = await scene.move(...(await nextStep(scene)));
  expect(last, last.stderr).toMatchObject({ code: 0 });
  expect(scene.compareOutside()).toEqual({ source: ROWS, onlySource: 0, onlyTarget: 0 });
  expect(await scene.hash('source.db')).toBe(before);
  expect(hits.copy, `kills by phase: ${JSON.stringify(hits)}`).toBeGreaterThanOrEqual(KILLS / 5);
});

/** Nothing, if there is work to go on with; a job that is finished already is validated once more. */
async function nextStep(scene: Scene): Promise<readonly string[]> {
  const status = await capturedRun(['status', '--json'], { cwd: scene.folder });
  return status.stdout.events.some(({ state }) => state === 'finished') ? ['--validate'] : [];
}

/** Runs the move into a kill. One that ends before, as it should, is found ended. */
async function killAtRandom(scene: Scene, random: () => number, options: readonly string[]): Promise<Phase> {
  const early = random() < EARLY;
  const moment = random() * (early ? EARLY_LATEST_MS : LATEST_MS);
  const moving = scene.start('move', 'sqlite:source.db#t', 'sqlite:target.db#t', ...PACE, ...options);
  const ended = once(moving, 'close');
  let phase: Phase = 'loading';
  const working = new Promise<void>((resolve) => {
    createInterface(moving.stdout).on('line', (line) => {
      phase = phaseAfter(line) ?? phase;
      if (phase !== 'loading') resolve();
    });
  });
  if (!early) await Promise.race([working, ended]);
  // The moment itself is what is random here; nothing is waited for.
  await Promise.race([ended, sleep(moment)]);
  moving.kill('SIGKILL');
  const [code] = (await ended) as [number | null];
  expect([null, 0]).toContain(code);
  return code === 0 ? 'ended' : phase;
}

/** Undefined if the event leaves the command at what it was at. */
function phaseAfter(line: string): Phase | undefined {
  const { event, step } = JSON.parse(line) as { readonly event: string; readonly step: Phase };
  if (event === 'done') return 'ended';
  return event === 'stepStarted' ? step : undefined;
}
