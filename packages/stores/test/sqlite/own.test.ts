import assert from 'node:assert/strict';
import { link, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseFilter, type RowKey, type Table } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { newDirectory, newPath, openStore, readSql, rowsOf, runSql, textRow } from './own-files.ts';

const PLACES = 'create table places (country text, id integer, name text, primary key (country, id))';

describe('the file', () => {
  test('is made by the first create, not by opening the store', async () => {
    const path = await newPath();
    const store = await openStore(path);
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(await readdir(dirname(path)), []);
    await store.create('orders');
    assert.deepEqual(await store.list(), ['orders']);
  });

  test('must be there to be read', async () => {
    await assert.rejects(openStore(await newPath(), 'read'), { code: 'TABLE_NOT_FOUND' });
  });

  test('must have a directory to be written to', async () => {
    const path = join(await newDirectory(), 'missing', 'test.db');
    await assert.rejects(openStore(path), { code: 'TABLE_NOT_FOUND', message: /missing does not exist/ });
  });

  test('is in WAL mode if it is ours', async () => {
    const path = await newPath();
    await (await openStore(path)).create('orders');
    assert.equal(readSql(path, 'pragma journal_mode'), 'wal');
  });

  test('keeps the journal mode that an application gave it', async () => {
    const path = await newPath();
    runSql(path, PLACES);
    await (await openStore(path)).create('orders');
    assert.equal(readSql(path, 'pragma journal_mode'), 'delete');
    await (await openStore(path)).create('places2');
    assert.equal(readSql(path, 'pragma journal_mode'), 'delete');
  });

  test('that holds nothing yet is not changed by opening it, and becomes ours with its first table', async () => {
    const path = await newPath();
    await writeFile(path, '');
    const store = await openStore(path);
    await store.list();
    assert.deepEqual(await readFile(path), Buffer.alloc(0));
    await store.create('orders');
    assert.equal(readSql(path, 'pragma journal_mode'), 'wal');
  });

  test('that is only read keeps every byte', async () => {
    const path = await newPath();
    runSql(path, `${PLACES}; insert into places values ('FR', 1, 'Paris')`);
    const before = await readFile(path);
    const store = await openStore(path, 'read');
    await store.list();
    await assert.rejects(store.create('orders'), { code: 'TABLE_READ_ONLY' });
    await assert.rejects(store.drop('places'), { code: 'TABLE_READ_ONLY' });
    assert.deepEqual(await readFile(path), before);
    assert.deepEqual(await readdir(dirname(path)), ['test.db']);
  });

  test('of ours keeps every byte, too, when it is only read', async () => {
    const path = await newPath();
    const writer = await openStore(path);
    await writer.create('orders');
    await (await writer.open('orders')).load(rowsOf(['p'], 1000));
    await writer.close();
    const before = await readFile(path);
    const store = await openStore(path, 'read');
    const table = await store.open('orders');
    await table.scan();
    await table.sampleKeys(4);
    await table.describe();
    await store.close();
    assert.deepEqual(await readFile(path), before);
  });

  test('of ours has no log when its last writer has closed it, and reading it leaves none', async () => {
    const path = await newPath();
    const writers = [await openStore(path), await openStore(path)];
    await writers[0]?.create('orders');
    await (await writers[1]?.open('orders'))?.load(rowsOf(['p'], 1000));
    for (const writer of writers) await writer.close();
    const reader = await openStore(path, 'read');
    assert.equal((await (await reader.open('orders')).scan({ limit: 2000 })).rows.length, 1000);
    await reader.close();
    assert.deepEqual(await readdir(dirname(path)), ['test.db']);
  });

  test('of ours keeps its log while somebody has it open', async () => {
    const path = await newPath();
    const writer = await openStore(path);
    await writer.create('orders');
    const reader = await openStore(path, 'read');
    const orders = await reader.open('orders');
    await writer.close();
    assert.equal(readSql(path, 'pragma journal_mode'), 'wal');
    assert.deepEqual((await orders.scan()).rows, []);
  });

  test('of ours that an application has come to use keeps the journal mode that it found', async () => {
    const path = await newPath();
    const writer = await openStore(path);
    await writer.create('orders');
    runSql(path, PLACES);
    await writer.close();
    assert.equal(readSql(path, 'pragma journal_mode'), 'wal');
  });

  test('of ours that another one took the place of is left alone by closing', async () => {
    const path = await newPath();
    const writer = await openStore(path);
    await writer.create('orders');
    const theirs = await newPath();
    runSql(theirs, `pragma journal_mode = wal; ${PLACES}`);
    await rename(theirs, path);
    await writer.close();
    assert.equal(readSql(path, 'pragma journal_mode'), 'wal');
  });

  test('has one identity, by whatever path', async () => {
    const path = await newPath();
    const alias = join(dirname(path), 'alias.db');
    await symlink('test.db', alias);
    const before = (await openStore(alias)).identity;
    await (await openStore(path)).create('orders');
    assert.equal((await openStore(alias)).identity, before);
    assert.equal((await openStore(path)).identity, before);
  });

  test('is not written to if it has a second name', async () => {
    const path = await newPath();
    await (await openStore(path)).create('orders');
    await link(path, `${path}.too`);
    await assert.rejects(openStore(path), { code: 'TABLE_NOT_SUPPORTED', message: /hard links/ });
    assert.deepEqual(await (await openStore(path, 'read')).list(), ['orders']);
  });

  test('is left alone if it is no database', async () => {
    const path = await newPath();
    await writeFile(path, 'dear diary '.repeat(100));
    await assert.rejects(openStore(path), { code: 'TABLE_NOT_A_STORE' });
    await assert.rejects(openStore(dirname(path)), { code: 'TABLE_NOT_A_STORE', message: /is a directory/ });
  });

  test('of an unknown format is refused', async () => {
    const path = await newPath();
    const store = await openStore(path);
    await store.create('orders');
    const table = await store.open('orders');
    runSql(path, 'update _changeover_tables set format = 99');
    await assert.rejects(store.open('orders'), { code: 'TABLE_NOT_SUPPORTED', message: /format 99/ });
    await assert.rejects(table.load([textRow('p', 'r')]), { code: 'TABLE_NOT_SUPPORTED' });
  });
});

describe('names of tables', () => {
  test.each(['', 'sqlite_orders', 'SQLite_x', 'a\0b', '\ud800'])('refuse %j', async (name) => {
    await assert.rejects((await openStore(await newPath())).create(name), { code: 'TABLE_NAME_INVALID' });
  });

  test.each(['a "b"', "it's", 'sélect; --', '😀', 'select', 'a/b.c'])('may be %j', async (name) => {
    const store = await openStore(await newPath());
    await store.create(name);
    const table = await store.open(name, { reserved: true });
    await table.load([textRow('p', 'r'), textRow('p', '_changeover.meta')]);
    assert.equal((await table.scan()).rows.length, 2);
    assert.equal(await store.drop(name), true);
  });

  test('are told apart by case when opened, but not when created', async () => {
    const store = await openStore(await newPath());
    await store.create('Orders');
    await assert.rejects(store.open('orders'), { code: 'TABLE_NOT_FOUND', hint: /"Orders"/ });
    await assert.rejects(store.create('orders'), { code: 'TABLE_ALREADY_EXISTS', hint: /case/ });
  });

  test('of our own bookkeeping open no table', async () => {
    const store = await openStore(await newPath());
    await store.create('orders');
    await assert.rejects(store.open('_changeover_rows', { reserved: true }), { code: 'TABLE_NOT_FOUND' });
  });

  test('that were mistyped get a hint', async () => {
    const store = await openStore(await newPath());
    await store.create('orders');
    await assert.rejects(store.open('order'), { code: 'TABLE_NOT_FOUND', hint: /Did you mean "orders"/ });
  });
});

describe("an application's table", () => {
  test.each([
    [PLACES, 'places', 'sqlite:test.db?partitionKey=country&rowKey=id#places'],
    [
      'create table "my t" (id integer primary key, n)',
      'my t',
      'sqlite:test.db?partitionKey=id&rowKey=id#my%20t',
    ],
    [
      'create table t (a, b, "c d", primary key (a, b, "c d"))',
      't',
      'sqlite:test.db?partitionKey=a&rowKey=b,c%20d#t',
    ],
  ])('is opened with the mapping that the hint gives: %s', async (sql, name, url) => {
    const path = await newPath();
    runSql(path, sql);
    await assert.rejects((await openStore(path, 'read')).open(name), {
      code: 'TABLE_MAPPING_REQUIRED',
      details: { url },
    });
  });

  test('without a primary key is refused with the reason', async () => {
    const path = await newPath();
    runSql(path, 'create table log (line text)');
    await assert.rejects((await openStore(path)).open('log'), {
      code: 'TABLE_MAPPING_REQUIRED',
      message: /no primary key/,
    });
  });

  test('is not dropped either where it took the place and the name of a table of ours', async () => {
    const path = await newPath();
    const store = await openStore(path);
    await store.create('places');
    runSql(path, `drop table places; ${PLACES}; insert into places values ('FR', 1, 'Paris')`);
    await assert.rejects(store.drop('places'), { code: 'TABLE_CORRUPT', effect: 'none' });
    assert.equal(readSql(path, 'select count(*) from places'), 1);
  });

  test('is neither listed, nor dropped, nor written over', async () => {
    const path = await newPath();
    runSql(path, PLACES);
    const store = await openStore(path);
    assert.deepEqual(await store.list(), []);
    await assert.rejects(store.drop('places'), { code: 'TABLE_NOT_SUPPORTED' });
    await assert.rejects(store.create('PLACES'), { code: 'TABLE_ALREADY_EXISTS' });
  });
});

describe('versions', () => {
  test('are not used again by a table that was dropped and made anew', async () => {
    const store = await openStore(await newPath());
    const versions: (string | undefined)[] = [];
    const tokens: (string | undefined)[] = [];
    for (let round = 0; round < 3; round += 1) {
      await store.create('orders');
      const table = await store.open('orders');
      tokens.push((await table.describe()).changeToken);
      versions.push((await table.write([{ kind: 'insert', ...textRow('p', 'r') }]))[0]?.version);
      tokens.push((await table.describe()).changeToken);
      await store.drop('orders');
    }
    assert.equal(new Set(versions).size, 3);
    assert.equal(new Set(tokens).size, 6);
  });
});

describe('reserved rows', () => {
  test('go with their table when it is dropped', async () => {
    const path = await newPath();
    const store = await openStore(path);
    for (const name of ['orders', 'other']) {
      await store.create(name);
      await (await store.open(name, { reserved: true })).load([textRow('p', '_changeover.meta')]);
    }
    await store.drop('orders');
    assert.equal(readSql(path, 'select group_concat(table_name) from _changeover_rows'), 'other');
  });

  test('do not come back with a table that somebody dropped by hand', async () => {
    const path = await newPath();
    const store = await openStore(path);
    await store.create('orders');
    await (await store.open('orders', { reserved: true })).load([textRow('p', '_changeover.meta')]);
    runSql(path, 'drop table orders');
    await assert.rejects(store.open('orders'), { code: 'TABLE_NOT_FOUND' });
    await store.create('orders');
    assert.deepEqual((await (await store.open('orders', { reserved: true })).scan()).rows, []);
  });

  test('are merged in key order over many pages', async () => {
    const table = await newTable({ reserved: true });
    const rows = rowsOf(['a', 'b', 'c'], 100).flatMap((row, index) =>
      index % 3 === 0 ? [row, textRow(row.partitionKey, `_changeover.${row.rowKey}`)] : [row],
    );
    await table.load(rows);
    const found = await scanKeys(table, { limit: 70 });
    assert.deepEqual(found.toSorted(), rows.map((row) => `${row.partitionKey}/${row.rowKey}`).toSorted());
    assert.equal(found.indexOf('a/_changeover.00000'), 100);
  });
});

describe('a scan', () => {
  test('that finds nothing still ends each page after a bounded number of rows', async () => {
    const table = await newTable();
    for (const partition of ['a', 'b', 'c']) await table.load(rowsOf([partition], 5000));
    const page = await table.scan({ filter: parseFilter("text eq 'nowhere'") });
    assert.deepEqual(page, { rows: [], continuation: { partitionKey: 'b', rowKey: '04999' } });
  });

  test('looks only at the keys that its filter leaves', async () => {
    const table = await newTable();
    for (const partition of ['a', 'b', 'c']) await table.load(rowsOf([partition], 5000));
    const filter = parseFilter("PartitionKey eq 'c' and RowKey gt '04997' and text ne '04999'");
    const page = await table.scan({ filter });
    assert.deepEqual(
      page.rows.map(({ rowKey }) => rowKey),
      ['04998'],
    );
    assert.equal(page.continuation, undefined);
  });

  test('ends a page by its bytes', async () => {
    const table = await newTable();
    await table.load(
      Array.from({ length: 200 }, (_, index) => textRow('p', `${1000 + index}`, 'x'.repeat(10_000))),
    );
    const { rows } = await table.scan({ bytes: 100_000 });
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.length).toBeLessThan(15);
  });
});

describe('a sample of keys', () => {
  test.each([
    [10, 3, ['00002', '00005']],
    [4, 3, ['00000', '00001']],
    [2, 5, ['00000']],
    [1, 4, []],
    [0, 4, []],
  ])('of %i rows in %i parts', async (count, parts, keys) => {
    const table = await newTable();
    await table.load(rowsOf(['p'], count));
    const sample = await table.sampleKeys(parts);
    assert.equal(sample.rows, count);
    assert.deepEqual(
      sample.keys.map(({ rowKey }) => rowKey),
      keys,
    );
  });
});

describe('the description', () => {
  test('does not take a value for the name of a reserved property', async () => {
    const table = await newTable({ reserved: true });
    await table.load([textRow('p', 'r', '_changeover_tag')]);
    assert.deepEqual((await table.describe()).reservedNames, []);
  });

  test('names a reserved property that a load of encoded rows brought', async () => {
    const store = await openStore(await newPath());
    for (const name of ['one', 'two']) await store.create(name);
    const [one, two] = [
      await store.open('one', { reserved: true }),
      await store.open('two', { reserved: true }),
    ];
    const properties = { _changeover_tag: { type: 'string', value: 'x' } } as const;
    await one.load([{ partitionKey: 'p', rowKey: 'r', properties }]);
    await two.load((await one.scan({ lazy: true })).rows);
    assert.deepEqual((await two.describe()).reservedNames, ['property "_changeover_tag" of row "p"/"r"']);
  });
});

describe('marks', () => {
  test('are only for reserved tables, and nothing is loaded otherwise', async () => {
    const table = await newTable();
    const marks = [{ table: 'test', write: { kind: 'insert', ...textRow('m', 'm') } }] as const;
    await assert.rejects(table.load([textRow('p', 'r')], { marks }), { code: 'TABLE_OPTION_INVALID' });
    assert.equal(await table.get({ partitionKey: 'p', rowKey: 'r' }), undefined);
  });
});

async function newTable(options: { reserved?: boolean } = {}): Promise<Table> {
  const store = await openStore(await newPath());
  await store.create('test');
  return store.open('test', options);
}

async function scanKeys(table: Table, options: { limit: number }): Promise<readonly string[]> {
  const keys: string[] = [];
  let after: RowKey | undefined;
  do {
    const page = await table.scan(after ? { ...options, after } : options);
    keys.push(...page.rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`));
    after = page.continuation;
  } while (after);
  return keys;
}
