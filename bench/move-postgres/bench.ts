import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Measured, rate, runScript } from '../move-sqlite/run-task.ts';
import { median, type Section, thousands } from '../results.ts';

const ROWS = 1_000_000;
const ROUNDS = 3;
const THREADS = '4';

const TASK = new URL('task.ts', import.meta.url);
const POINTS = new URL('points.ts', import.meta.url);

interface Point {
  readonly name: string;
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
  readonly trips: number;
}

/** Moves, validations and single operations on a real server beside what its own means do in the same run. */
export async function movePostgres(): Promise<Section> {
  const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = userInfo().username, PGPASSWORD } = process.env;
  const user = PGPASSWORD === undefined ? PGUSER : `${PGUSER}:${encodeURIComponent(PGPASSWORD)}`;
  const server = `postgres://${user}@${PGHOST}:${PGPORT}`;
  const [name, other] = [`changeover_bench_${process.pid}`, `changeover_bench_${process.pid}_other`];
  const control = join(tmpdir(), `${name}.db`);
  Object.assign(process.env, { BENCH_DATABASE: `${server}/${name}`, BENCH_CONTROL: control });
  const admin = await connect(`${server}/postgres`);
  try {
    for (const database of [name, other]) await admin.query(`create database ${database}`);
    return await measure(`${server}/${name}`, `${server}/${other}`, other, control);
  } finally {
    for (const database of [name, other])
      await admin.query(`drop database if exists ${database} with (force)`);
    await admin.end();
    await removeControl(control);
  }
}

async function measure(database: string, otherUrl: string, other: string, control: string): Promise<Section> {
  const client = await connect(database);
  const otherClient = await connect(otherUrl);
  await client.query('create schema source; create schema points');
  await otherClient.query('create schema source');
  await task('build', 'source', '', String(ROWS));
  const dumps = await hasDump();
  const pairs: Record<'copy' | 'dump' | 'hash', { ours: Measured; theirs: Measured }[]> = {
    copy: [],
    dump: [],
    hash: [],
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await client.query('create schema peer; create schema target');
    const theirs = await task('copyThrough', 'source', 'peer');
    const ours = await task('copy', 'source', 'target', THREADS);
    pairs.copy.push({ ours, theirs });
    if (dumps) {
      pairs.dump.push({ ours, theirs: await task('dumpThrough', 'source', other, String(ROWS)) });
      await otherClient.query('drop table source.places');
    }
    const query = await task('hashQuery', 'source', 'target');
    pairs.hash.push({ ours: await task('validate', 'source', 'target', THREADS), theirs: query });
    await client.query(
      'set client_min_messages = error; drop schema peer cascade; drop schema target cascade',
    );
    await removeControl(control);
  }
  const points = await runScript<readonly Point[]>(POINTS, ['points']);
  const { rows } = await client.query<{ version: string }>(
    "select current_setting('server_version') as version",
  );
  await client.end();
  await otherClient.end();
  return sectionOf(pairs, points, rows[0]?.version ?? 'unknown', dumps);
}

function sectionOf(
  pairs: Record<'copy' | 'dump' | 'hash', readonly { ours: Measured; theirs: Measured }[]>,
  points: readonly Point[],
  version: string,
  dumps: boolean,
): Section {
  return {
    title: 'Postgres to Postgres, own layout',
    body: [
      '| rows | task | beside | rows/s | beside, rows/s | ratio | to reach | peak memory |',
      '|---:|---|---|---:|---:|---:|---:|---:|',
      line('move', '`COPY` out into `COPY` in through `pg`', pairs.copy, '≥ 0.6'),
      ...(dumps ? [line('move', '`pg_dump \\| psql`', pairs.dump, '')] : []),
      line('validate', "the servers' own hash query of both sides", pairs.hash, '≥ 0.8'),
      '',
      '| operation | a second | `pg` by hand, a second | ratio | to reach | round trips |',
      '|---|---:|---:|---:|---:|---:|',
      ...points.map(({ name, ours, theirs, ratio, trips }) => {
        return `| ${[name, thousands(ours), thousands(theirs), ratio.toFixed(2), '≥ 0.9', trips.toFixed(1)].join(' | ')} |`;
      }),
      '',
      `PostgreSQL ${version.split(' ')[0]} on the same machine. Rows of about 110 bytes; \`--threads ${THREADS}\`, batches of 1,000 rows. Median of`,
      `${ROUNDS} rounds, each side in a process of its own, in turn. A move includes setup, sampling, checkpoints that are`,
      'committed with each batch, the control store and ANALYZE; the bare COPY is one transaction. The hash query is that',
      'of decision 8, asked of both sides at once. Single operations: one connection, one after the other.',
    ],
  };
}

function line(
  name: string,
  peer: string,
  pairs: readonly { readonly ours: Measured; readonly theirs: Measured }[],
  goal: string,
): string {
  const ours = median(pairs.map((pair) => rate(pair.ours)));
  const theirs = median(pairs.map((pair) => rate(pair.theirs)));
  const ratio = median(pairs.map((pair) => rate(pair.ours) / rate(pair.theirs)));
  const peakMb = Math.max(...pairs.map((pair) => pair.ours.peakMb));
  const cells = [thousands(ROWS), name, peer, thousands(ours), thousands(theirs), ratio.toFixed(2), goal];
  return `| ${cells.join(' | ')} | ${Math.round(peakMb)} MB |`;
}

function task(...args: readonly string[]): Promise<Measured> {
  return runScript(TASK, args);
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

async function hasDump(): Promise<boolean> {
  const run = promisify(execFile);
  return Promise.all(['pg_dump', 'psql'].map((program) => run(program, ['--version']))).then(
    () => true,
    () => false,
  );
}

async function removeControl(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true });
}
