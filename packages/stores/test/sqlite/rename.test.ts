import assert from 'node:assert/strict';
import { isCode } from 'changeover/std';
import { type RowData, type Table } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { mappedFile } from './mapped-fixture.ts';
import { newPath, openStore, runSql, textRow } from './own-files.ts';

const PLACES =
  'create table places (country TEXT NOT NULL, id TEXT NOT NULL, name TEXT, PRIMARY KEY (country, id))';
const MAPPING = { partitionKey: 'country', rowKey: 'id' };
const ROW = textRow('p', 'r');
const META = textRow('p', '_changeover.meta');
const TAGGED: RowData = {
  partitionKey: 'FR',
  rowKey: 'x',
  properties: { name: { type: 'string', value: 'Paris' }, _changeover_tag: { type: 'int32', value: 1 } },
};

async function contents(table: Table): Promise<readonly RowData[]> {
  const { rows } = await table.scan();
  return rows.map(({ version: _, ...row }) => row);
}

describe('a table of our own layout', () => {
  test('is not renamed in a store that is only read', async () => {
    const path = await newPath();
    await (await openStore(path)).create('orders');
    await expect((await openStore(path, 'read')).rename('orders', 'retired')).rejects.toMatchObject({
      code: 'TABLE_READ_ONLY',
      message: expect.stringContaining('open for reading only'),
    });
  });

  test("is what a store without a mapping renames, and an application's is not", async () => {
    const path = await newPath();
    runSql(path, PLACES);
    await expect((await openStore(path)).rename('places', 'retired')).rejects.toMatchObject({
      code: 'TABLE_MAPPING_REQUIRED',
    });
  });

  test('gets no name that differs from another in the case of letters alone, which SQLite cannot tell', async () => {
    const store = await openStore(await newPath());
    await store.create('orders');
    await expect(store.rename('orders', 'Orders')).rejects.toMatchObject({ code: 'TABLE_ALREADY_EXISTS' });
  });

  test('is not renamed, and stays as it is, if a view of an application would follow it', async () => {
    const path = await newPath();
    const store = await openStore(path);
    await store.create('orders');
    await (await store.open('orders', { reserved: true })).load([ROW, META]);
    runSql(path, 'create view recent as select * from orders');
    await expect(store.rename('orders', 'retired')).rejects.toMatchObject({ code: 'TABLE_NOT_SUPPORTED' });
    assert.deepEqual(await contents(await store.open('orders', { reserved: true })), [META, ROW]);
  });

  test('does not find reserved rows of a table of its new name that was dropped behind our back', async () => {
    const path = await newPath();
    const store = await openStore(path);
    await store.create('orders');
    await store.create('retired');
    await (await store.open('retired', { reserved: true })).load([META]);
    runSql(path, 'drop table retired');
    await store.rename('orders', 'retired');
    assert.deepEqual(await contents(await store.open('retired', { reserved: true })), []);
  });

  test('gives no version that a former table of its new name gave', async () => {
    const store = await openStore(await newPath());
    await store.create('orders');
    await store.create('retired');
    const former = await versionsOf(await store.open('retired'), 5);
    await store.drop('retired');
    await store.rename('orders', 'retired');
    const later = await versionsOf(await store.open('retired'), 5);
    assert.deepEqual(
      later.filter((version) => former.includes(version)),
      [],
    );
  });
});

async function versionsOf(table: Table, writes: number): Promise<readonly (string | undefined)[]> {
  const versions = [];
  for (let count = 0; count < writes; count += 1) {
    const [result] = await table.write([{ ...ROW, kind: 'upsertReplace' }]);
    versions.push(result?.version);
  }
  return versions;
}

describe('a mapped table', () => {
  test('has what is reserved under its new name, for whoever maps that', async () => {
    const file = await mappedFile(PLACES);
    const store = await file.openStore({ table: 'places', parameters: MAPPING });
    const meta = { ...META, partitionKey: 'FR' };
    await (await store.open('places', { reserved: true })).load([meta, TAGGED]);
    await store.rename('places', 'retired');
    const retired = await file.openStore({ table: 'retired', parameters: MAPPING });
    assert.deepEqual(await contents(await retired.open('retired', { reserved: true })), [meta, TAGGED]);
  });

  test('does not find reserved rows of a table of its new name that was dropped behind our back', async () => {
    const file = await mappedFile(`${PLACES}; ${PLACES.replace('places', 'retired')}`);
    const former = await file.openTable('retired', MAPPING);
    await former.load([{ ...TAGGED, properties: {} }]);
    const retired = await file.openStore({ table: 'retired', parameters: MAPPING });
    await (await retired.open('retired', { reserved: true })).load([META]);
    file.application.exec('drop table retired');
    await (await file.openStore({ table: 'places', parameters: MAPPING })).rename('places', 'retired');
    assert.deepEqual(await contents(await retired.open('retired', { reserved: true })), []);
  });

  const followers = {
    'view recent': 'create view recent as select * from places',
    'trigger noted':
      'create table notes (id); create trigger noted after insert on notes begin delete from places; end',
    'table streets':
      'create table streets (country, place, foreign key (country, place) references places (country, id))',
  };
  for (const [follower, ddl] of Object.entries(followers)) {
    test(`is not renamed if the ${follower} would follow it, and stays as it is`, async () => {
      const file = await mappedFile(`${PLACES}; ${ddl}`);
      const before = schemaOf(file);
      const store = await file.openStore({ table: 'places', parameters: MAPPING });
      await expect(store.rename('places', 'retired')).rejects.toMatchObject({
        code: 'TABLE_NOT_SUPPORTED',
        effect: 'none',
        details: { followed: [follower] },
      });
      assert.deepEqual(schemaOf(file), before);
    });
  }

  test('takes its own indexes, triggers and references to itself along', async () => {
    const file = await mappedFile(
      `create table places (country TEXT NOT NULL, id TEXT NOT NULL, name TEXT, part_of TEXT, PRIMARY KEY (country, id),
         foreign key (country, part_of) references places (country, id));
       create index names on places (name);
       create trigger named after insert on PLACES begin update places set name = 'named' where name is null; end`,
    );
    await (await file.openStore({ table: 'places', parameters: MAPPING })).rename('places', 'retired');
    file.application.exec("insert into retired (country, id) values ('FR', 'x')");
    assert.equal(file.application.prepare('select name from retired').pluck().get(), 'named');
    assert.deepEqual(
      schemaOf(file).filter((sql) => sql.includes('places')),
      [],
    );
  });

  test('is not renamed beside a view that is broken, which SQLite refuses', async () => {
    const file = await mappedFile(`${PLACES}; create view broken as select * from missing`);
    const store = await file.openStore({ table: 'places', parameters: MAPPING });
    await expect(store.rename('places', 'retired')).rejects.toMatchObject({
      code: 'TABLE_NOT_SUPPORTED',
      effect: 'none',
      hint: expect.stringContaining('Mend or drop it'),
    });
  });

  test('is not renamed in a store that is only read', async () => {
    const file = await mappedFile(PLACES);
    const store = await file.openStore({ table: 'places', parameters: MAPPING, mode: 'read' });
    await expect(store.rename('places', 'retired')).rejects.toMatchObject({
      code: 'TABLE_READ_ONLY',
      message: expect.stringContaining('open for reading only'),
    });
  });

  test('is the only one that its store renames', async () => {
    const file = await mappedFile(`${PLACES}; ${PLACES.replace('places', 'others')}`);
    const store = await file.openStore({ table: 'places', parameters: MAPPING });
    await expect(store.rename('others', 'retired')).rejects.toMatchObject({
      code: 'TABLE_NOT_FOUND',
      hint: 'The mapping is of the table places.',
    });
  });

  test('gets no name that is reserved, not even from us', async () => {
    const file = await mappedFile(PLACES);
    const store = await file.openStore({ table: 'places', parameters: MAPPING });
    const renaming = store.rename('places', '_changeover_places', { reserved: true });
    assert.ok(
      await renaming.then(
        () => false,
        (error: unknown) => isCode(error, 'TABLE_NAME_RESERVED'),
      ),
    );
  });

  test('of another shape does not get the name that is mapped', async () => {
    const file = await mappedFile('create table others (id INTEGER PRIMARY KEY)');
    const store = await file.openStore({ table: 'places', parameters: MAPPING });
    await expect(store.rename('others', 'places')).rejects.toMatchObject({ code: 'TABLE_MAPPING_INVALID' });
  });
});

/** The definitions of all that is in a file. */
function schemaOf({ application }: Awaited<ReturnType<typeof mappedFile>>): readonly string[] {
  return application
    .prepare('select tbl_name || sql from sqlite_schema where sql is not null order by name')
    .pluck()
    .all() as string[];
}
