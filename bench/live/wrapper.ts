import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { resolve } from '@changeover/stores';
import { systemClock, systemRandom } from '@changeover/stores/host';
import { raiseFence } from 'changeover/fence';
import { MigratingTable, type Phase, type Sides } from 'changeover/live';
import { seededRandom } from 'changeover/std';
import type { Row, Store, Table } from 'changeover/table';
import pg from 'pg';
import { median, type Section, thousands } from '../results.ts';

const ROUNDS = 25;
const ROUND_MS = 300;
const PARTITIONS = 50;
const ROWS = 100;

/** One kind of store, and how many operations an application has under way. */
interface Setting {
  readonly name: string;
  readonly url: (side: 'source' | 'target') => string;
  readonly concurrency: number;
}

interface Workload {
  readonly name: string;
  act(table: Table, known: Map<string, string>, random: () => number): Promise<unknown>;
}

const fence = { name: 'bench', epoch: 1 };
const PHASES: readonly (readonly [string, Phase])[] = [
  ['source only', { kind: 'alone', side: 'source', clean: true, fence }],
  ['target only', { kind: 'alone', side: 'target', clean: false, fence }],
];

/** The table that an application has, beside the same store as it is: where everything is on one side. */
export async function liveWrapper(): Promise<Section> {
  const rows: string[] = [];
  await withSqlite(async (setting) => rows.push(...(await measure(setting))));
  await withPostgres(async (setting) => rows.push(...(await measure(setting))));
  return {
    title: 'The live wrapper beside the store',
    body: [
      '| store | phase | operations | wrapped/s | store/s | ratio |',
      '|---|---|---|---:|---:|---:|',
      ...rows,
      '',
      `Medians of ${ROUNDS} rounds of ${ROUND_MS} ms, in turn, on ${PARTITIONS} partitions of ${ROWS} rows. The wrapper writes under the fence of its phase.`,
      'Reach: 0.95.',
    ],
  };
}

async function measure({ name, url, concurrency }: Setting): Promise<readonly string[]> {
  const stores: Store[] = [];
  const open = async (side: 'source' | 'target') => {
    const { store } = await resolve(url(side), { mode: 'write', clock: systemClock, env: process.env });
    stores.push(store);
    await store.create('t');
    await raiseFence(store, fence.name, { to: fence.epoch });
    await fill(await store.open('t'));
    return { raw: await store.open('t'), reserved: await store.open('t', { reserved: true }) };
  };
  const [source, target] = [await open('source'), await open('target')];
  const sides: Sides = { source: source.reserved, target: target.reserved };
  const results: string[] = [];
  for (const [phaseName, phase] of PHASES) {
    const raw = phase.kind === 'alone' && phase.side === 'source' ? source.raw : target.raw;
    const tenure = { holds: () => true };
    const wrapped = new MigratingTable({ sides, phase, tenure, clock: systemClock, random: systemRandom });
    for (const workload of WORKLOADS) {
      const pairs: { ours: number; theirs: number }[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const theirs = await rateOf(raw, workload, concurrency, round);
        const ours = await rateOf(wrapped, workload, concurrency, round);
        // The first one warms up.
        if (round > 0) pairs.push({ ours, theirs });
      }
      const ratio = median(pairs.map(({ ours, theirs }) => ours / theirs)).toFixed(2);
      const [ours, theirs] = [
        median(pairs.map((pair) => pair.ours)),
        median(pairs.map((pair) => pair.theirs)),
      ];
      results.push(
        `| ${name} | ${phaseName} | ${workload.name} | ${thousands(Math.round(ours))} | ${thousands(Math.round(theirs))} | ${ratio} |`,
      );
      console.log(results.at(-1));
    }
  }
  for (const store of stores) await store.close();
  return results;
}

const WORKLOADS: readonly Workload[] = [
  { name: 'point reads', act: (table, _, random) => table.get(keyOf(random)) },
  {
    name: 'upserts',
    act: (table, _, random) => table.write([{ kind: 'upsertReplace', ...rowOf(random) }]),
  },
  {
    name: 'read, then replace by version',
    async act(table, _, random) {
      const row = (await table.get(keyOf(random))) as Row;
      try {
        await table.write([{ ...row, kind: 'replace', condition: row.version }]);
      } catch {
        // Another one was faster, as happens to the store itself.
      }
    },
  },
  {
    name: 'reads and upserts, evenly',
    act: (table, _, random) =>
      random() < 0.5 ? table.get(keyOf(random)) : table.write([{ kind: 'upsertReplace', ...rowOf(random) }]),
  },
];

function keyOf(random: () => number) {
  return {
    partitionKey: `p${Math.floor(random() * PARTITIONS)}`,
    rowKey: `r${Math.floor(random() * ROWS)}`,
  };
}

function rowOf(random: () => number) {
  const text = 'x'.repeat(100);
  return { ...keyOf(random), properties: { text: { type: 'string', value: text } as const } };
}

async function fill(table: Table): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    await table.load(
      Array.from({ length: ROWS }, (_, row) => ({
        ...rowOf(() => 0),
        partitionKey: `p${partition}`,
        rowKey: `r${row}`,
      })),
    );
  }
}

/** Operations a second. */
async function rateOf(table: Table, { act }: Workload, concurrency: number, seed: number): Promise<number> {
  const began = performance.now();
  let done = 0;
  const one = async (number: number) => {
    const random = seededRandom(seed * 100 + number);
    while (performance.now() - began < ROUND_MS) {
      await act(table, new Map(), random);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, number) => one(number)));
  return (done / (performance.now() - began)) * 1000;
}

async function withSqlite(work: (setting: Setting) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'changeover-bench-'));
  try {
    await work({ name: 'sqlite', url: (side) => `sqlite:${join(folder, `${side}.db`)}`, concurrency: 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function withPostgres(work: (setting: Setting) => Promise<unknown>): Promise<void> {
  const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = userInfo().username, PGPASSWORD } = process.env;
  const user = PGPASSWORD === undefined ? PGUSER : `${PGUSER}:${encodeURIComponent(PGPASSWORD)}`;
  const server = `postgres://${user}@${PGHOST}:${PGPORT}`;
  const name = `changeover_bench_live_${process.pid}`;
  const admin = new pg.Client({ connectionString: `${server}/postgres` });
  await admin.connect();
  await admin.query(`create database ${name}`);
  try {
    const database = new pg.Client({ connectionString: `${server}/${name}` });
    await database.connect();
    await database.query('create schema source; create schema target');
    await database.end();
    for (const side of ['source', 'target']) process.env[`BENCH_${side}`] = `${server}/${name}`;
    await work({
      name: 'postgres',
      url: (side) => `postgres:env:BENCH_${side}?schema=${side}`,
      concurrency: 8,
    });
  } finally {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
  }
}
