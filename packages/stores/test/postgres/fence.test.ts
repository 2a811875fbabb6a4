import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { raiseFence, readFence } from 'changeover/fence';
import {
  encodeProperties,
  type Fence,
  fenceProperties,
  type RowData,
  type Store,
  type Table,
  type WriteOptions,
} from 'changeover/table';
import { describe, onTestFinished, test, vi } from 'vitest';
import { assertPausedWriterIsRefused } from '../fence/paused-writer.ts';
import { describeServer, schemaOf } from './fixture.ts';

const LIMIT_MS = 120_000;
const WAIT_MS = 8000;
const MARKS = '_changeover_marks';
const MAPPING = { partitionKey: 'pk', rowKey: 'rk' };

interface Layout {
  readonly name: string;
  /** Of an application's table. */
  readonly ddl?: string;
  /** Makes the row `a`, or another, as anybody could. */
  rival(rowKey?: string): string;
}

const LAYOUTS: readonly Layout[] = [
  {
    name: 'in our own layout',
    rival: (rowKey = 'a') => `insert into $SCHEMA.t values ('p', '${rowKey}', 0, '{}')`,
  },
  {
    name: "in an application's table",
    ddl: 'create table $SCHEMA.t (pk text, rk text, text text, primary key (pk, rk))',
    rival: (rowKey = 'a') => `insert into $SCHEMA.t values ('p', '${rowKey}', '')`,
  },
];

type Way = (table: Table, options: WriteOptions) => Promise<unknown>;

const row = (rowKey: string): RowData => ({
  partitionKey: 'p',
  rowKey,
  properties: { text: { type: 'string', value: rowKey } },
});
const many = Array.from({ length: 100 }, (_, index) => row(`a${index === 0 ? '' : index}`));
const MARK = [{ table: MARKS, write: { ...row('mark'), kind: 'upsertReplace' } as const }];

/** Each goes another way through the store, and writes the row `a`. */
const WAYS: Readonly<Record<string, Way>> = {
  'one write': (table, options) => table.write([{ ...row('a'), kind: 'upsertReplace' }], options),
  'one merge': (table, options) => table.write([{ ...row('a'), kind: 'upsertMerge' }], options),
  'a batch': (table, options) =>
    table.write(
      [
        { ...row('a'), kind: 'insert' },
        { ...row('b'), kind: 'upsertReplace' },
      ],
      options,
    ),
  'a batch with a reserved row': (table, options) =>
    table.write(
      [
        { ...row('a'), kind: 'upsertReplace' },
        { ...row('_changeover.r'), kind: 'upsertReplace' },
      ],
      options,
    ),
  'a small load with a mark': (table, options) => table.load([row('a')], { ...options, marks: MARK }),
  'a load by COPY with a mark': (table, options) => table.load(many, { ...options, marks: MARK }),
};

/** This one waits for the table before it has passed its fence. */
const LOCKING: Readonly<Record<string, Way>> = {
  'a batch that locks the table': (table, options) =>
    table.write(
      [
        { ...row('a'), kind: 'upsertReplace' },
        { partitionKey: 'p', rowKey: 'none', kind: 'delete' },
      ],
      options,
    ),
};

/** These fail on their conditions, if they get there. */
const FAILING: Readonly<Record<string, Way>> = {
  'one replace of nothing': (table, options) =>
    table.write([{ ...row('none'), kind: 'replace', condition: '*' }], options),
  'one delete of nothing': (table, options) =>
    table.write([{ partitionKey: 'p', rowKey: 'none', kind: 'delete', condition: '*' }], options),
  'a batch with a replace of nothing': (table, options) =>
    table.write(
      [
        { ...row('a'), kind: 'upsertReplace' },
        { ...row('none'), kind: 'replace', condition: '*' },
      ],
      options,
    ),
  'a load by COPY with a mark on nothing': (table, options) =>
    table.load(many, {
      ...options,
      marks: [{ table: MARKS, write: { ...row('none'), kind: 'replace', condition: '*' } }],
    }),
};

await describeServer('Postgres, fences', (database) => {
  /** A table, and another process's store of it. */
  async function fixture({ ddl }: Layout) {
    const schema = await schemaOf(database);
    if (ddl !== undefined) await schema.sql(ddl);
    const open = () => (ddl === undefined ? schema.openStore() : schema.openMapped('t', MAPPING));
    const [store, other] = [await open(), await open()];
    if (ddl === undefined) await store.create('t');
    await store.create(MARKS, { reserved: true });
    const openTable = (of: Store) => of.open('t', { reserved: true });
    return {
      schema,
      store,
      other,
      table: await openTable(store),
      otherTable: await openTable(other),
      marks: await store.open(MARKS, { reserved: true }),
      /** Somebody in the middle of a transaction. */
      begins: (text: string) => transaction(text.replaceAll('$SCHEMA', schema.name)),
    };
  }

  async function transaction(text: string) {
    const client = await database.connect();
    onTestFinished(() => client.end());
    await client.query(`begin; ${text}`);
    return client;
  }

  /** Comes back once so many sessions of the database wait for a lock. */
  async function waiting(sessions: number): Promise<void> {
    const text =
      "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    for (const deadline = Date.now() + WAIT_MS; ; await setTimeout(5)) {
      const [found] = await database.sql(text);
      if (Number(found?.[0]) === sessions) return;
      assert.ok(Date.now() < deadline, `${String(found?.[0])} sessions wait, and not ${sessions}`);
    }
  }

  for (const layout of LAYOUTS) {
    describe(layout.name, () => {
      test('a process that was paused while another took over is refused when it wakes', {
        timeout: LIMIT_MS,
      }, async () => {
        const { schema } = await fixture(layout);
        const { host, port, user, password, database: name } = database.place;
        vi.stubEnv('PGPASSWORD', password);
        onTestFinished(() => void vi.unstubAllEnvs());
        const mapping = layout.ddl === undefined ? '' : '&partitionKey=pk&rowKey=rk';
        const url = `postgres://${user}@${host}:${port}/${name}?schema=${schema.name}${mapping}#t`;
        await assertPausedWriterIsRefused(url);
      });

      for (const [name, write] of Object.entries(WAYS)) {
        test(`a raise waits for ${name} that has passed the fence, and other writers do not`, async () => {
          const { begins, store, other, table, otherTable } = await fixture(layout);
          const fence = await raiseFence(store, 'owner');
          const blocker = await begins(layout.rival());
          const ended: string[] = [];
          const writing = write(table, { fences: [fence] }).finally(() => ended.push('write'));
          await waiting(1);
          await otherTable.write([{ ...row('other'), kind: 'upsertReplace' }], { fences: [fence] });
          const raising = raiseFence(other, 'owner').finally(() => ended.push('raise'));
          await waiting(2);
          assert.deepEqual(ended, []);
          await blocker.query('rollback');
          await writing;
          assert.deepEqual(await raising, { name: 'owner', epoch: 2 });
          assert.deepEqual(ended, ['write', 'raise']);
          assert.deepEqual((await table.get(row('a')))?.properties, row('a').properties);
        });
      }

      for (const [name, write] of Object.entries({ ...WAYS, ...LOCKING })) {
        test(`${name} that waits for a raise is refused, and changes nothing`, async () => {
          const { begins, store, table, marks } = await fixture(layout);
          const fence = await raiseFence(store, 'owner');
          const properties = encodeProperties(fenceProperties(2));
          const raise = await begins(`update $SCHEMA._changeover_fences set properties = '${properties}'`);
          const refused = assertRefused(write(table, { fences: [fence] }), fence, 2);
          await waiting(1);
          await raise.query('commit');
          await refused;
          assert.deepEqual([...(await table.scan()).rows, ...(await marks.scan()).rows], []);
        });

        test(`${name} costs no more round trips for its fences`, async () => {
          const { store, table } = await fixture(layout);
          const fences = [await raiseFence(store, 'owner'), await raiseFence(store, 'other')];
          const { connection } = store;
          const trips = async (options: WriteOptions) => {
            for (const { partitionKey, rowKey } of (await table.scan()).rows) {
              await table.write([{ kind: 'delete', partitionKey, rowKey }]);
            }
            const before = connection.roundTrips;
            await write(table, options);
            return connection.roundTrips - before;
          };
          // The first time, a sidecar may have to be made.
          await trips({});
          assert.equal(await trips({ fences }), await trips({}));
        });
      }

      for (const [name, write] of Object.entries(LOCKING)) {
        test(`${name} deletes a row that came into being while it waited, with fences too`, async () => {
          const { begins, store, table } = await fixture(layout);
          const fence = await raiseFence(store, 'owner');
          const rival = await begins(layout.rival('none'));
          const writing = write(table, { fences: [fence] });
          await waiting(1);
          await rival.query('commit');
          await writing;
          assert.equal(await table.get({ partitionKey: 'p', rowKey: 'none' }), undefined);
        });
      }

      for (const [name, write] of Object.entries({ ...WAYS, ...LOCKING, ...FAILING })) {
        test(`${name} that comes too late is told so before anything else, and changes nothing`, async () => {
          const { schema, store, table, marks } = await fixture(layout);
          const first = { name: 'owner', epoch: 1 };
          const tables = 'select count(*) from pg_class where relnamespace = $1::regnamespace';
          const before = await schema.sql(tables, [schema.name]);
          await assertRefused(write(table, { fences: [first] }), first, 0);
          assert.deepEqual(await schema.sql(tables, [schema.name]), before);
          const fence = await raiseFence(store, 'owner');
          await raiseFence(store, 'owner');
          await assertRefused(write(table, { fences: [fence] }), fence, 2);
          assert.deepEqual([...(await table.scan()).rows, ...(await marks.scan()).rows], []);
        });
      }
    });
  }

  test('both layouts of one schema stand behind the same fences, and reading one makes nothing', async () => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.orders (pk text, rk text, text text, primary key (pk, rk))');
    const mapped = await schema.openMapped('orders', MAPPING);
    assert.equal(await readFence(mapped, 'owner'), 0);
    const own = await schema.openStore();
    assert.deepEqual(await own.list({ reserved: true }), []);
    await own.create('copies');
    const passed = await raiseFence(mapped, 'owner');
    await raiseFence(own, 'owner');
    for (const table of [await mapped.open('orders'), await own.open('copies')]) {
      await assertRefused(table.load([row('a')], { fences: [passed] }), passed, 2);
    }
  });

  test('a fence may have any name, and is none of any other’s', async () => {
    const schema = await schemaOf(database);
    const store = await schema.openStore();
    await store.create('t');
    const table = await store.open('t');
    for (const name of ["'); drop table t; --\\", '\0', '\u0001', '$1 é😀', 'x'.repeat(1300)]) {
      const passed = await raiseFence(store, name);
      const fence = await raiseFence(store, name);
      await table.load([row('a')], { fences: [fence] });
      await table.write([{ ...row('a'), kind: 'upsertReplace' }], { fences: [fence] });
      await assertRefused(table.load([row('a')], { fences: [passed] }), passed, 2);
      await assertRefused(table.load(many, { fences: [fence, passed] }), passed, 2);
    }
  });

  test('a fence whose row is not as we write it lets nobody pass, and is called corrupt', async () => {
    const schema = await schemaOf(database);
    const table = await schema.ownTable();
    const fence = await raiseFence(await schema.openStore(), 'owner');
    for (const properties of ['{"epoch":{"l":"1"} }', '{"epoch":"1"}', '{}', 'nothing']) {
      await schema.sql('update $SCHEMA._changeover_fences set properties = $1', [properties]);
      const write = table.load([row('a')], { fences: [fence] });
      await assert.rejects(write, { code: 'TABLE_CORRUPT', effect: 'none' });
    }
  });
});

async function assertRefused(write: Promise<unknown>, { name, epoch }: Fence, actual: number): Promise<void> {
  await assert.rejects(write, {
    code: 'TABLE_FENCED',
    effect: 'none',
    details: { fence: name, expected: epoch, actual },
  });
}
