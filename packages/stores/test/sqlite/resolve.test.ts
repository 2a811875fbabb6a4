import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { type ResolvedUrl, type ResolveOptions, resolve } from '../../src/index.ts';
import { newDirectory, newPath, openStore, runSql, textRow } from './own-files.ts';

test('a relative path is relative to the given directory', async () => {
  const path = await newPath();
  await (await openStore(path)).create('orders');
  const { store, table } = await open(`sqlite:${basename(path)}#orders`, { cwd: dirname(path) });
  assert.equal(store.identity, (await openStore(path)).identity);
  assert.equal(table, 'orders');
});

test('the URL that comes back is absolute, and names the same table from any directory', async () => {
  const directory = await newDirectory();
  runSql(join(directory, '100% #1?.db'), 'create table "my t" (id integer primary key)');
  const given = 'sqlite:./100%25 %231%3F.db?partitionKey=id&rowKey=id#my%20t';
  const first = await open(given, { cwd: directory });
  assert.equal(first.url, `sqlite:${directory}/100%25 %231%3F.db?partitionKey=id&rowKey=id#my%20t`);
  const second = await open(first.url, { cwd: tmpdir() });
  assert.deepEqual([second.store.identity, second.table], [first.store.identity, 'my t']);
  assert.equal(second.url, first.url);
});

test('the URL that comes back does not tell what the environment said', async () => {
  const path = await newPath();
  const { url } = await open('sqlite:env:APP_DB#orders', { env: { APP_DB: path } });
  assert.equal(url, 'sqlite:env:APP_DB#orders');
});

test('a path can come from the environment, to the letter', async () => {
  const path = `${await newDirectory()}/100% #1?.db`;
  await (await openStore(path)).create('orders');
  const { store } = await open('sqlite:env:APP_DB#orders', { env: { APP_DB: path } });
  assert.deepEqual(await store.list(), ['orders']);
});

test.each([{}, { APP_DB: '' }])('an environment variable that says nothing is an error: %j', async (env) => {
  await assert.rejects(open('sqlite:env:APP_DB', { env }), { code: 'STORE_URL_INVALID', message: /APP_DB/ });
});

test('a store that is only read refuses writes', async () => {
  const path = await newPath();
  await (await openStore(path)).create('orders');
  const { store } = await open(`sqlite:${path}`, { mode: 'read' });
  const table = await store.open('orders');
  await assert.rejects(table.load([textRow('p', 'r')]), { code: 'TABLE_READ_ONLY' });
});

test("a mapping opens an application's table", async () => {
  const path = await newPath();
  runSql(
    path,
    "create table places (c text not null, id text not null, primary key (c, id)); insert into places values ('FR', 'x')",
  );
  const { store, table } = await open(`sqlite:${path}?partitionKey=c&rowKey=id#places`, { mode: 'read' });
  const { rows } = await (await store.open(String(table))).scan();
  assert.deepEqual(
    rows.map(({ partitionKey, rowKey }) => [partitionKey, rowKey]),
    [['FR', 'x']],
  );
});

test('the URL of the hint opens the table that needed a mapping', async () => {
  const path = await newPath();
  runSql(path, 'create table "my t" (id integer primary key, n); insert into "my t" values (7, 1)');
  const plain = await open(`sqlite:${path}#my%20t`, { mode: 'read' });
  const error = (await plain.store.open('my t').catch((refused: unknown) => refused)) as {
    details: { url: string };
  };
  const mapped = await open(error.details.url, { mode: 'read' });
  assert.equal((await (await mapped.store.open('my t')).scan()).rows.length, 1);
});

test('a mapping needs a table', async () => {
  await assert.rejects(open('sqlite:app.db?partitionKey=a&rowKey=b'), { code: 'STORE_URL_INVALID' });
});

test('a mistyped parameter is named, with the one that was meant', async () => {
  await assert.rejects(open('sqlite:app.db?rowkey=b#t'), {
    code: 'STORE_PARAMETER_UNKNOWN',
    message: /"rowkey"/,
    hint: /Did you mean rowKey\?.*partitionKey/,
  });
});

test.each(['memory:x', 'constructor:x', 'sqllite:app.db', 'SQLite:app.db', 'c:\\app.db'])(
  '%s is no store',
  async (url) => {
    await assert.rejects(open(url), { code: 'STORE_SCHEME_UNKNOWN', hint: /sqlite:/ });
  },
);

test('two slashes would name a host, which a file has not', async () => {
  await assert.rejects(open('sqlite://app.db'), { code: 'STORE_URL_INVALID', hint: /sqlite:app\.db/ });
});

test('a file that is not there is no store to read', async () => {
  await assert.rejects(open(`sqlite:${await newPath()}`, { mode: 'read' }), { code: 'TABLE_NOT_FOUND' });
});

async function open(url: string, options: Partial<ResolveOptions> = {}): Promise<ResolvedUrl> {
  const resolved = await resolve(url, { mode: 'write', clock: systemClock, env: {}, ...options });
  onTestFinished(() => resolved.store.close());
  return resolved;
}
