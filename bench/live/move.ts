import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolve } from '@changeover/stores';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl, type SqliteControl } from '@changeover/stores/sqlite';
import { createMigration, type Goal, type LiveEvent, reach, setGoal } from 'changeover/coordinator';
import { placesOf } from 'changeover/cutover';
import { runMove } from 'changeover/move';
import { type Section, thousands } from '../results.ts';
import { type ApplicationOptions, keyAt, type Measure, propertiesAt } from './application-options.ts';
import { withPostgres, withSqlite } from './settings.ts';

const NAME = 'rows';
const ROWS = 100_000;
const PER_SECOND = 500;
const IDLE_MS = 5_000;

interface Places {
  readonly name: string;
  readonly folder: string;
  readonly url: (side: 'source' | 'target') => string;
}

/** What an application notices of a whole migration, and how fast rows are copied, beside the offline move. */
export async function liveMove(): Promise<Section> {
  const latencies: string[] = [];
  const copies: string[] = [];
  for (const withStore of [withSqlite, withPostgres]) {
    await withStore(async ({ name, url }) => {
      const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
      try {
        const places = { name, folder, url };
        await build(places);
        const offline = await moveOffline(places);
        await clear(places);
        const { measures, copied } = await moveLive(places);
        latencies.push(...measures.map((measure) => latencyLine(name, measure)));
        copies.push(...copied.map(([how, rate]) => copyLine(name, how, rate, offline)));
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
  return {
    title: 'A live migration, as the application sees it',
    body: [
      '| stores | stretch | operations | p50 ms | p99 | p99.9 | longest |',
      '|---|---|---:|---:|---:|---:|---:|',
      ...latencies,
      '',
      `One process, ${PER_SECOND} operations a second, half reads and half upserts of any of ${thousands(ROWS)} rows, each timed from when it was due. The coordinator is another process of the same machine, and works with one thread.`,
      '',
      '| stores | copied | rows/s | offline `move`, rows/s | ratio |',
      '|---|---|---:|---:|---:|',
      ...copies,
      '',
      'Copied live: every partition turned, copied and completed, while the application goes on as above. Offline: setup and copy, one thread.',
    ],
  };
}

function latencyLine(name: string, { stretch, operations, ms }: Measure): string {
  const cells = [name, stretch, thousands(operations), ...ms.map((each) => each.toFixed(1))];
  return `| ${cells.join(' | ')} |`;
}

function copyLine(name: string, how: string, rate: number, offline: number): string {
  return `| ${name} | ${how} | ${thousands(rate)} | ${thousands(offline)} | ${(rate / offline).toFixed(2)} |`;
}

async function build({ url }: Places): Promise<void> {
  const { store } = await open(url('source'));
  await store.create(NAME);
  const table = await store.open(NAME);
  const rows = Array.from({ length: ROWS }, (_, row) => ({ ...keyAt(row), properties: propertiesAt(row) }));
  for (let at = 0; at < ROWS; at += 5_000) await table.load(rows.slice(at, at + 5_000));
  await store.close();
}

async function clear({ url }: Places): Promise<void> {
  const { store } = await open(url('target'));
  await store.drop(NAME);
  await store.close();
}

/** Rows a second. */
async function moveOffline({ folder, url }: Places): Promise<number> {
  const [source, target] = [await open(url('source')), await open(url('target'))];
  const control = await openControl(join(folder, 'offline.db'), true);
  const began = performance.now();
  await runMove(
    {
      source: source.store,
      target: target.store,
      tables: [{ source: NAME, target: NAME }],
      filter: undefined,
      steps: ['setup', 'copy'],
      threads: 1,
      batchRows: 1_000,
      rowsPerSecond: undefined,
      recreate: false,
      intoExisting: false,
      deleteExtra: false,
      sourceUrl: source.url,
      targetUrl: target.url,
    },
    {
      control,
      ...hands(),
      onEvent: () => undefined,
      onDifference: async () => undefined,
      signal: new AbortController().signal,
    },
  );
  const rate = (ROWS / (performance.now() - began)) * 1000;
  await source.store.close();
  await target.store.close();
  await control.close();
  return rate;
}

interface Lived {
  readonly measures: readonly Measure[];
  readonly copied: readonly (readonly [string, number])[];
}

async function moveLive(places: Places): Promise<Lived> {
  const path = join(places.folder, 'control.db');
  const control = await openControl(path, true);
  const [source, target] = (['source', 'target'] as const).map((side) => ({
    url: places.url(side),
    table: NAME,
  }));
  await createMigration({
    control,
    ...hands(),
    random: systemRandom,
    name: NAME,
    source: source as { url: string; table: string },
    target: target as { url: string; table: string },
    resolve: open,
    dryRun: false,
    signal: new AbortController().signal,
  });
  const copied: (readonly [string, number])[] = [];
  const common = { name: NAME, source: places.url('source'), rows: ROWS, perSecond: PER_SECOND };
  const before = await Application.start(common);
  await before.during('the store itself', () => sleep(IDLE_MS));
  const application = await Application.start({ ...common, control: `sqlite:${path}` }, await before.end());
  const go = async (stretch: string, goal: Partial<Goal>) => {
    await application.during(stretch, async () => {
      const rate = await drive(control, goal);
      if (rate !== undefined) copied.push([stretch, rate]);
    });
  };
  await application.during('source only', () => sleep(IDLE_MS));
  await go('managed is pushed', { until: 'managed' });
  await application.during('managed', () => sleep(IDLE_MS));
  await go('forward', { until: 'complete' });
  await application.during('complete', () => sleep(IDLE_MS));
  await go('turned back', { side: 'source', until: 'complete' });
  await go('forward again', { until: 'complete' });
  await go('target only is pushed', { until: 'alone' });
  await application.during('target only', () => sleep(IDLE_MS));
  const measures = await application.end();
  await control.close();
  return { measures, copied };
}

/** Brings the migration to a goal. Gives the rows a second at which partitions were brought, if they were. */
async function drive(control: SqliteControl, goal: Partial<Goal>): Promise<number | undefined> {
  const places = await placesOf(control, NAME);
  const given = { control, ...hands(), places };
  await setGoal(given, { side: 'target', until: 'alone', range: null, retired: 'kept', ...goal });
  let beganMs = 0;
  let rate: number | undefined;
  const onEvent = (event: LiveEvent) => {
    if (event.event === 'taskStarted' && event.task === 'bring') beganMs = performance.now();
    if (event.event === 'taskFinished' && event.task === 'bring')
      rate = (ROWS / (performance.now() - beganMs)) * 1000;
  };
  const signal = new AbortController().signal;
  await reach({ ...given, resolve: open, threads: 1, leaseMs: 15_000, onEvent, signal });
  return rate;
}

/** The process that uses the table. */
class Application {
  readonly #child: ChildProcess;
  readonly #before: readonly Measure[];

  private constructor(child: ChildProcess, before: readonly Measure[]) {
    this.#child = child;
    this.#before = before;
  }

  static async start(options: ApplicationOptions, before: readonly Measure[] = []): Promise<Application> {
    const script = fileURLToPath(new URL('application.ts', import.meta.url));
    // It loads the built packages, as a user's process would.
    const child = fork(script, [JSON.stringify(options)], { execArgv: ['--import', 'tsx'] });
    await said(child);
    return new Application(child, before);
  }

  async during(stretch: string, act: () => Promise<unknown>): Promise<void> {
    this.#child.send({ stretch });
    await act();
  }

  /** What it has measured, behind what was before. */
  async end(): Promise<readonly Measure[]> {
    const last = said(this.#child);
    this.#child.send('end');
    const { measures, errors } = (await last) as Last;
    if (errors.length > 0) throw new Error(`${errors.length} operations failed: ${errors[0]}`);
    return [...this.#before, ...measures.filter(({ stretch }) => stretch !== '')];
  }
}

/** What it measured, and what failed. */
interface Last {
  readonly measures: readonly Measure[];
  readonly errors: readonly string[];
}

/** The next message of a child. */
async function said(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the application ended with exit code ${code}`);
  });
  ended.catch(() => undefined);
  const [message] = await Promise.race([once(child, 'message'), ended]);
  return message;
}

function hands() {
  return { clock: systemClock, owner: currentOwner('bench'), probe: probeProcess };
}

function open(url: string) {
  return resolve(url, { mode: 'write', clock: systemClock, env: process.env });
}

function openControl(path: string, create: boolean): Promise<SqliteControl> {
  return openSqliteControl({ path, clock: systemClock, random: systemRandom, create });
}
