import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { keyOf, type RowKey, type Table } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { type MappedFile, mappedFile } from './mapped-fixture.ts';

const PLACES =
  'create table places (country TEXT NOT NULL, id TEXT NOT NULL, name TEXT, PRIMARY KEY (country, id))';
const MAPPING = { partitionKey: 'country', rowKey: 'id' };
const PLACES_STORE = { table: 'places', parameters: MAPPING };
const TEXT = { type: 'string', value: 'text' } as const;
const TAG = '_changeover_tag';
const META = { partitionKey: 'FR', rowKey: '_changeover.meta' };

describe('the store of a mapped table', () => {
  test('lists that table alone, with the reserved ones if asked', async () => {
    const file = await mappedFile(`${PLACES}; create table others (id INTEGER PRIMARY KEY)`);
    const store = await file.openStore(PLACES_STORE);
    await store.create('_changeover_marks', { reserved: true });
    assert.deepEqual(await store.list(), ['places']);
    assert.deepEqual(await store.list({ reserved: true }), ['_changeover_marks', 'places']);
  });

  test('does not invent columns: what is missing is refused with a CREATE TABLE that fits', async () => {
    const file = await mappedFile('create table others (id INTEGER PRIMARY KEY)');
    const parameters = { ...MAPPING, version: 'rev', types: 'at:datetime' };
    const store = await file.openStore({ table: 'places', parameters });
    const hint = expect.stringContaining(
      'create table "places" ("country" TEXT NOT NULL, "id" TEXT NOT NULL, "rev" INTEGER NOT NULL DEFAULT 1, ' +
        '"at" TEXT, …, PRIMARY KEY ("country", "id"))',
    );
    await expect(store.create('places')).rejects.toMatchObject({
      code: 'TABLE_NOT_SUPPORTED',
      effect: 'none',
      hint,
    });
    await expect(store.open('places')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND', hint });
    assert.deepEqual(await store.list(), []);
  });

  test('creates no table that exists, and drops none of an application', async () => {
    const file = await mappedFile(PLACES);
    const store = await file.openStore(PLACES_STORE);
    await expect(store.create('places')).rejects.toMatchObject({ code: 'TABLE_ALREADY_EXISTS' });
    await expect(store.drop('places')).rejects.toMatchObject({ code: 'TABLE_NOT_SUPPORTED', effect: 'none' });
    assert.deepEqual(await store.list(), ['places']);
  });

  test('opens no other table than the mapped one', async () => {
    const file = await mappedFile(`${PLACES}; create table others (id INTEGER PRIMARY KEY)`);
    const store = await file.openStore(PLACES_STORE);
    await expect(store.open('others')).rejects.toMatchObject({
      code: 'TABLE_NOT_FOUND',
      hint: expect.stringContaining('places'),
    });
    await expect(store.open('Places')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });

  test('needs the file to be there, to write to it too', async () => {
    const file = await mappedFile(PLACES);
    file.application.close();
    await rm(file.path);
    await expect(file.openStore(PLACES_STORE)).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });

  test('finds its table gone once the application dropped it', async () => {
    const file = await mappedFile(PLACES);
    const table = await file.openTable('places', MAPPING);
    file.application.exec('drop table places');
    await expect(table.scan()).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });
});

describe('a source', () => {
  for (const journal of ['delete', 'wal'] as const) {
    test(`is not changed by being read, with the journal mode ${journal}`, async () => {
      const file = await mappedFile(`pragma journal_mode = ${journal}; ${PLACES}`);
      file.application.exec("insert into places values ('FR', 'x', 'text')");
      file.application.pragma('wal_checkpoint(truncate)');
      const before = await contents(file);
      const store = await file.openStore({ ...PLACES_STORE, mode: 'read' });
      await readEverything(await store.open('places'));
      await readEverything(await store.open('places', { reserved: true }));
      await store.close();
      assert.deepEqual(await contents(file), before);
    });
  }

  test('gets no sidecar from being read, even if it may be written', async () => {
    const file = await mappedFile(PLACES);
    const store = await file.openStore(PLACES_STORE);
    await readEverything(await store.open('places', { reserved: true }));
    assert.deepEqual(tablesOf(file), ['places']);
  });
});

describe('what is reserved of a mapped table', () => {
  test('lives in the sidecar, which the first reserved write makes', async () => {
    const { file, ours } = await withBothHandles();
    await ours.write([{ ...META, kind: 'insert', properties: { any: { type: 'int32', value: 1 } } }]);
    assert.deepEqual(tablesOf(file), ['_changeover_rows', 'places']);
    assert.equal(file.application.prepare('select count(*) from places').pluck().get(), 0n);
  });

  test('changes the version of its row, for an application too', async () => {
    const { ours, application } = await withBothHandles();
    const key = { partitionKey: 'FR', rowKey: 'x' };
    const [before] = await application.write([{ ...key, kind: 'insert', properties: {} }]);
    const [after] = await ours.write([
      { ...key, kind: 'merge', condition: '*', properties: { [TAG]: TEXT } },
    ]);
    assert.notEqual(after?.version, before?.version);
    assert.equal((await application.get(key))?.version, after?.version);
  });

  test('goes with its row, and does not come back with another of that key', async () => {
    const { ours } = await withBothHandles();
    const key = { partitionKey: 'FR', rowKey: 'x' };
    await ours.write([{ ...key, kind: 'insert', properties: { [TAG]: TEXT } }]);
    await ours.write([{ ...key, kind: 'delete' }]);
    assert.deepEqual((await ours.describe()).reservedNames, []);
    await ours.write([{ ...key, kind: 'insert', properties: {} }]);
    assert.deepEqual((await ours.get(key))?.properties, {});
  });

  test('is not written if the application refuses the row', async () => {
    const { file, ours } = await withBothHandles();
    file.application.exec(
      "create trigger r before insert on places begin select raise(abort, 'closed'); end",
    );
    const row = { partitionKey: 'FR', rowKey: 'x', properties: { [TAG]: TEXT } };
    await expect(
      ours.write([
        { ...META, kind: 'insert', properties: {} },
        { ...row, kind: 'insert' },
      ]),
    ).rejects.toThrow();
    await expect(ours.load([row])).rejects.toThrow();
    assert.deepEqual((await ours.scan()).rows, []);
  });

  test('comes in order with the other rows, in pages of any size', async () => {
    const { ours } = await withBothHandles();
    const names = ['a', 'b', 'c'].flatMap((partitionKey) =>
      ['A', '_changeover.m', '_changeover.n', 'z'].map((rowKey) => ({ partitionKey, rowKey })),
    );
    await ours.load(names.map((key) => ({ ...key, properties: {} })));
    for (const limit of [1, 2, 3, 5, 100]) assert.deepEqual(await scanAll(ours, limit), names);
  });

  test('is reported where an application itself uses such a name', async () => {
    const file = await mappedFile(PLACES);
    file.application.exec("insert into places values ('FR', '_changeover.mine', null)");
    const table = await file.openTable('places', MAPPING);
    const { reservedNames, empty } = await table.describe();
    assert.deepEqual([reservedNames, empty], [['row "FR"/"_changeover.mine"'], false]);
  });
});

test("a change token tells of the application's own changes", async () => {
  const file = await mappedFile(PLACES);
  const table = await file.openTable('places', MAPPING);
  const before = (await table.describe()).changeToken;
  assert.equal((await table.describe()).changeToken, before);
  file.application.exec("insert into places values ('FR', 'x', 'text')");
  assert.notEqual((await table.describe()).changeToken, before);
});

test('a change token of one connection says nothing about another', async () => {
  const file = await mappedFile(PLACES);
  const [one, other] = [await file.openTable('places', MAPPING), await file.openTable('places', MAPPING)];
  assert.notEqual((await one.describe()).changeToken, (await other.describe()).changeToken);
});

async function withBothHandles(): Promise<{ file: MappedFile; ours: Table; application: Table }> {
  const file = await mappedFile(PLACES);
  const store = await file.openStore(PLACES_STORE);
  const ours = await store.open('places', { reserved: true });
  return { file, ours, application: await store.open('places') };
}

async function readEverything(table: Table): Promise<void> {
  await table.scan();
  await table.query('FR');
  await table.get({ partitionKey: 'FR', rowKey: 'x' });
  await table.get(META);
  await table.sampleKeys(4);
  await table.describe();
}

/** Every file in the directory with its bytes. The shared memory beside a log holds read marks, and is no content. */
async function contents(file: MappedFile): Promise<Readonly<Record<string, string>>> {
  const directory = dirname(file.path);
  const names = (await readdir(directory)).filter((name) => !name.endsWith('-shm')).toSorted();
  const entries = names.map(async (name) => [
    name,
    (await readFile(`${directory}/${name}`)).toString('base64'),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

function tablesOf(file: MappedFile): unknown {
  return file.application
    .prepare("select name from sqlite_schema where type = 'table' order by name")
    .pluck()
    .all();
}

async function scanAll(table: Table, limit: number): Promise<readonly RowKey[]> {
  const found: RowKey[] = [];
  for (
    let page = await table.scan({ limit });
    ;
    page = await table.scan({ limit, after: page.continuation })
  ) {
    found.push(...page.rows.map(keyOf));
    if (!page.continuation) return found;
  }
}
