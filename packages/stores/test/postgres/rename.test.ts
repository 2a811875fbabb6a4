import assert from 'node:assert/strict';
import type { RowData, Table } from 'changeover/table';
import { expect, test } from 'vitest';
import { describeServer, schemaOf } from './fixture.ts';

const MAPPING = { partitionKey: 'country', rowKey: 'id' };
const PLACES =
  'create table $SCHEMA.places (country text not null, id text, name text, primary key (country, id))';
const text = (value: string) => ({ type: 'string', value }) as const;
const ROW: RowData = { partitionKey: 'FR', rowKey: 'x', properties: { name: text('Paris') } };
const META: RowData = { partitionKey: 'FR', rowKey: '_changeover.meta', properties: { any: text('meta') } };
const TAGGED: RowData = {
  ...ROW,
  properties: { ...ROW.properties, _changeover_tag: { type: 'int32', value: 1 } },
};
/** So long that the sidecar's name is a digest. */
const LONG = 'r'.repeat(63);

async function contents(table: Table): Promise<readonly RowData[]> {
  const { rows } = await table.scan();
  return rows.map(({ version: _, ...row }) => row);
}

/** How many sessions wait for a lock of somebody else's while they rename. */
async function waiting(schema: Awaited<ReturnType<typeof schemaOf>>): Promise<number> {
  const sql =
    "select count(*)::int from pg_stat_activity where wait_event_type = 'Lock' and query like 'alter table%$SCHEMA%'";
  const [row] = await schema.sql(sql);
  return Number(row?.[0]);
}

await describeServer('Postgres, renaming', (database) => {
  for (const newName of ['retired', LONG]) {
    test(`a mapped table has what is reserved under the name ${newName}, for whoever maps that`, async () => {
      const schema = await schemaOf(database);
      await schema.sql(PLACES);
      const store = await schema.openMapped('places', MAPPING);
      await (await store.open('places', { reserved: true })).load([META, TAGGED]);
      await store.rename('places', newName);
      const retired = await schema.openMapped(newName, MAPPING);
      assert.deepEqual(await contents(await retired.open(newName, { reserved: true })), [META, TAGGED]);
    });
  }

  test('a mapped table that is made anew under the former name has nothing reserved', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    const store = await schema.openMapped('places', MAPPING);
    await (await store.open('places', { reserved: true })).load([META]);
    await store.rename('places', 'retired');
    await schema.sql(PLACES);
    assert.deepEqual(await contents(await store.open('places', { reserved: true })), []);
  });

  test('a mapped table does not find reserved rows of one that was dropped behind our back', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    await schema.sql(PLACES.replace('places', 'retired'));
    const retired = await schema.openMapped('retired', MAPPING);
    await (await retired.open('retired', { reserved: true })).load([META]);
    await schema.sql('drop table $SCHEMA.retired');
    await (await schema.openMapped('places', MAPPING)).rename('places', 'retired');
    assert.deepEqual(await contents(await retired.open('retired', { reserved: true })), []);
  });

  test('a reserved write that comes too late leaves no sidecar under the former name', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    const store = await schema.openMapped('places', MAPPING);
    const table = await store.open('places', { reserved: true });
    await store.rename('places', 'retired');
    for (const late of [table.write([{ ...META, kind: 'insert' }]), table.load([META])]) {
      await expect(late).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND', effect: 'none' });
    }
    const sidecars =
      "select relname from pg_class where relname like '_changeover_rows_%' and relnamespace = $1::regnamespace";
    assert.deepEqual(await schema.sql(sidecars, [schema.name]), []);
  });

  test('what is reserved is neither read nor written while its table may be about to get another name', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    const store = await schema.openMapped('places', MAPPING, { lockTimeoutMs: 100 });
    const table = await store.open('places', { reserved: true });
    await table.write([{ ...META, kind: 'insert' }]);
    const other = await schema.openStore();
    await other.connection.transact(async (session) => {
      await session.run({ text: `lock table ${schema.name}.places in access exclusive mode` });
      const { partitionKey, rowKey } = META;
      const works = [
        () => table.get(META),
        () => table.write([{ ...META, kind: 'upsertReplace' }]),
        () => table.write([{ partitionKey, rowKey, kind: 'delete' }]),
        () => table.load([META]),
      ];
      for (const work of works) {
        await expect(work()).rejects.toMatchObject({ code: 'TABLE_THROTTLED', effect: 'none' });
      }
    });
  });

  const followers = {
    view: 'create view $SCHEMA.recent as select * from $SCHEMA.places',
    'foreign key':
      'create table $SCHEMA.streets (country text, place text, foreign key (country, place) references $SCHEMA.places)',
    function:
      'create function $SCHEMA.counted() returns bigint language sql begin atomic select count(*) from $SCHEMA.places; end',
    rule: 'create table $SCHEMA.notes (id text); create rule noted as on insert to $SCHEMA.notes do also delete from $SCHEMA.places',
  };
  for (const [follower, ddl] of Object.entries(followers)) {
    test(`a table is not renamed if a ${follower} would follow it, and stays as it is`, async () => {
      const schema = await schemaOf(database);
      await schema.sql(`${PLACES}; ${ddl}`);
      const store = await schema.openMapped('places', MAPPING);
      await (await store.open('places', { reserved: true })).load([META, TAGGED]);
      await expect(store.rename('places', 'retired')).rejects.toMatchObject({
        code: 'TABLE_NOT_SUPPORTED',
        effect: 'none',
        details: { followed: [expect.any(String)] },
      });
      assert.deepEqual(await contents(await store.open('places', { reserved: true })), [META, TAGGED]);
    });
  }

  test('a table takes references to itself along', async () => {
    const schema = await schemaOf(database);
    await schema.sql(
      'create table $SCHEMA.places (country text, id text, part_of text, primary key (country, id), ' +
        'foreign key (country, part_of) references $SCHEMA.places)',
    );
    await (await schema.openMapped('places', MAPPING)).rename('places', 'retired');
    assert.deepEqual(await (await schema.openMapped('retired', MAPPING)).list(), ['retired']);
  });

  test('a table of our own layout is not renamed if a view would follow it', async () => {
    const schema = await schemaOf(database);
    await schema.ownTable();
    await schema.sql('create view $SCHEMA.recent as select * from $SCHEMA.t');
    const store = await schema.openStore();
    await expect(store.rename('t', 'retired')).rejects.toMatchObject({ code: 'TABLE_NOT_SUPPORTED' });
    assert.deepEqual(await store.list(), ['t']);
  });

  const taken = {
    table: 'create table $SCHEMA.retired (id text)',
    sequence: 'create sequence $SCHEMA.retired',
    index: 'create index retired on $SCHEMA.places (name)',
    type: "create type $SCHEMA.retired as enum ('a')",
  };
  for (const [kind, ddl] of Object.entries(taken)) {
    test(`a table does not get the name of another ${kind}`, async () => {
      const schema = await schemaOf(database);
      await schema.sql(`${PLACES}; ${ddl}`);
      const renaming = (await schema.openMapped('places', MAPPING)).rename('places', 'retired');
      await expect(renaming).rejects.toMatchObject({ code: 'TABLE_ALREADY_EXISTS', effect: 'none' });
    });
  }

  test('a table does not get the name of one that an application is making', async () => {
    const schema = await schemaOf(database);
    await schema.ownTable();
    const store = await schema.openStore();
    const application = await schema.openStore();
    const renaming = await application.connection.transact(async (session) => {
      await session.run({ text: `create table ${schema.name}.retired (id text)` });
      const refused = expect(store.rename('t', 'retired')).rejects.toMatchObject({
        code: 'TABLE_ALREADY_EXISTS',
        effect: 'none',
      });
      await expect.poll(() => waiting(schema), { timeout: 10_000 }).toBeGreaterThan(0);
      return { refused };
    });
    await renaming.refused;
  });

  test('a table of our own layout gets the name of one that was dropped behind our back', async () => {
    const schema = await schemaOf(database);
    const store = await schema.openStore();
    for (const name of ['orders', 'retired']) await store.create(name);
    await (await store.open('orders')).load([ROW]);
    await schema.sql('drop table $SCHEMA.retired');
    await store.rename('orders', 'retired');
    assert.deepEqual(await store.list(), ['retired']);
    assert.deepEqual(await contents(await store.open('retired')), [ROW]);
  });

  test('a name that the server would cut off is refused', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    await schema.ownTable();
    for (const [store, table] of [
      [await schema.openStore(), 't'],
      [await schema.openMapped('places', MAPPING), 'places'],
    ] as const) {
      await expect(store.rename(table, `${LONG}r`)).rejects.toMatchObject({ code: 'TABLE_NAME_INVALID' });
    }
  });

  test('a store that is only read renames nothing', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    await schema.ownTable();
    for (const [store, table] of [
      [await schema.openStore({ mode: 'read' }), 't'],
      [await schema.openMapped('places', MAPPING, { mode: 'read' }), 'places'],
    ] as const) {
      await expect(store.rename(table, 'retired')).rejects.toMatchObject({
        code: 'TABLE_READ_ONLY',
        message: expect.stringContaining('open for reading only'),
      });
    }
  });

  test('the store of a mapped table renames no other one', async () => {
    const schema = await schemaOf(database);
    await schema.sql(`${PLACES}; ${PLACES.replace('places', 'others')}`);
    const store = await schema.openMapped('places', MAPPING);
    await expect(store.rename('others', 'retired')).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });

  test('a mapped table gets no name that is reserved, not even from us', async () => {
    const schema = await schemaOf(database);
    await schema.sql(PLACES);
    const renaming = (await schema.openMapped('places', MAPPING)).rename('places', '_changeover_x', {
      reserved: true,
    });
    await expect(renaming).rejects.toMatchObject({ code: 'TABLE_NAME_RESERVED' });
  });

  test('a table that others use all the time is waited for no longer than a lock may take', async () => {
    const schema = await schemaOf(database);
    await schema.ownTable();
    const store = await schema.openStore({ lockTimeoutMs: 100 });
    const busy = await schema.openStore();
    const renaming = busy.connection.transact(async (session) => {
      await session.run({ text: `lock table ${schema.name}.t in share mode` });
      await expect(store.rename('t', 'retired')).rejects.toMatchObject({
        code: 'TABLE_THROTTLED',
        effect: 'none',
      });
    });
    await renaming;
    assert.deepEqual(await store.list(), ['t']);
  });
});
