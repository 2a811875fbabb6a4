/**
 * One timed task in a process of its own, so that its time and its peak memory are its own.
 *
 * Prints `{"ms", "rows", "peakMb"}`. Called by bench.ts with the task's name, the schema of the source, that of the target,
 * and a number. The database is that of BENCH_DATABASE, a connection string.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { pipeline } from 'node:stream/promises';
import { resolve } from '@changeover/stores';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import { type MoveStep, runMove } from 'changeover/move';
import type { RowData } from 'changeover/table';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

const TABLE = 'places';
/** As `--batch-rows 5000`: each batch is a transaction, and waits for the disk. */
const BATCH_ROWS = 5_000;
const DATABASE = process.env['BENCH_DATABASE'] ?? '';
const [task = '', source = '', target = '', argument = ''] = process.argv.slice(2);

const TASKS: Readonly<Record<string, () => Promise<number>>> = {
  build: () => build(Number(argument)),
  copyThrough,
  dumpThrough,
  hashQuery,
  copy: () => move(['setup', 'copy'], Number(argument)),
  validate: () => move(['validate'], Number(argument)),
};

/** Rows like places, of about 110 bytes: a partition for every few thousand of them. */
async function build(rows: number): Promise<number> {
  const { store } = await open(source, 'write');
  await store.create(TABLE);
  const table = await store.open(TABLE);
  for (let start = 0; start < rows; start += 5_000) {
    await table.load(
      Array.from({ length: Math.min(5_000, rows - start) }, (_, index) => placeRow(start + index)),
    );
  }
  await table.close();
  await store.close();
  return rows;
}

function placeRow(index: number): RowData {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return {
    partitionKey: `country-${String(Math.floor(index / 7_000)).padStart(4, '0')}`,
    rowKey: String(index).padStart(16, '0'),
    properties: {
      admin1: text(String(index % 89)),
      admin2: text(String(index % 997)),
      lat: text((((index * 7_919) % 180_000) / 1_000 - 90).toFixed(5)),
      lng: text((((index * 104_729) % 360_000) / 1_000 - 180).toFixed(5)),
      name: text(`Place number ${index}`),
    },
  };
}

/** The best that the driver can do for the same: the bytes of COPY, untouched, into a table of the same shape. */
async function copyThrough(): Promise<number> {
  const [reader, writer] = [new pg.Client(DATABASE), new pg.Client(DATABASE)];
  await Promise.all([reader.connect(), writer.connect()]);
  await writer.query(`create table ${target}.${TABLE} (like ${source}.${TABLE} including all)`);
  const sink = writer.query(copyFrom(`copy ${target}.${TABLE} from stdin`));
  await pipeline(reader.query(copyTo(`copy ${source}.${TABLE} to stdout`)), sink);
  await Promise.all([reader.end(), writer.end()]);
  return sink.rowCount;
}

/** `pg_dump | psql`, into another database, since a dump keeps the schema's name. `target` is that database. */
async function dumpThrough(): Promise<number> {
  const into = new URL(DATABASE);
  into.pathname = `/${target}`;
  const dump = spawn('pg_dump', ['-d', DATABASE, '-t', `${source}.${TABLE}`, '--no-owner'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const load = spawn('psql', ['-q', '-v', 'ON_ERROR_STOP=1', '-d', into.href], {
    stdio: [dump.stdout, 'ignore', 'inherit'],
  });
  const [[dumped], [loaded]] = await Promise.all([once(dump, 'exit'), once(load, 'exit')]);
  if (dumped !== 0 || loaded !== 0) throw new Error('pg_dump | psql failed');
  return Number(argument);
}

/** What a person would ask both servers: docs/decisions/0008-range-hash.md, one aggregate a side, at the same time. */
async function hashQuery(): Promise<number> {
  const counts = await Promise.all([source, target].map(hashOf));
  return Math.max(...counts);
}

async function hashOf(schema: string): Promise<number> {
  const client = new pg.Client(DATABASE);
  await client.connect();
  const words = [1, 9, 17, 25].map((start) => `sum(('x' || substr(d, ${start}, 8))::bit(32)::bigint)`);
  const framed =
    "octet_length(partition_key) || ':' || partition_key || octet_length(row_key) || ':' || row_key || properties";
  const { rows } = await client.query<{ count: string }>(
    `select count(*), ${words.map((word, index) => `${word} as w${index}`).join(', ')} from ` +
      `(select encode(sha256(convert_to(${framed}, 'UTF8')), 'hex') as d from ${schema}.${TABLE}) as digests`,
  );
  await client.end();
  return Number(rows[0]?.count);
}

async function move(steps: readonly MoveStep[], threads: number): Promise<number> {
  const [from, to] = [await open(source, 'read'), await open(target, 'write')];
  const control = await openSqliteControl({
    path: process.env['BENCH_CONTROL'] ?? '',
    clock: systemClock,
    random: systemRandom,
    create: true,
  });
  const result = await runMove(
    {
      source: from.store,
      target: to.store,
      tables: [{ source: TABLE, target: TABLE }],
      filter: undefined,
      steps,
      threads,
      batchRows: BATCH_ROWS,
      rowsPerSecond: undefined,
      recreate: false,
      intoExisting: false,
      deleteExtra: false,
      sourceUrl: from.url,
      targetUrl: to.url,
    },
    {
      control,
      clock: systemClock,
      owner: currentOwner('bench'),
      probe: probeProcess,
      signal: new AbortController().signal,
      onEvent: () => undefined,
      onDifference: async () => undefined,
    },
  );
  await from.store.close();
  await to.store.close();
  await control.close();
  return result.validation?.compared ?? result.rows;
}

function open(schema: string, mode: 'read' | 'write') {
  return resolve(`postgres:env:BENCH_DATABASE?schema=${schema}#${TABLE}`, {
    mode,
    clock: systemClock,
    env: process.env,
  });
}

const run = TASKS[task];
if (!run) throw new Error(`no task ${task}`);
const startMs = performance.now();
const rows = await run();
const ms = performance.now() - startMs;
console.log(JSON.stringify({ ms, rows, peakMb: process.resourceUsage().maxRSS / 1024 }));
