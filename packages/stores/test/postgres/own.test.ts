import assert from 'node:assert/strict';
import { isCode } from 'changeover/std';
import { compareKeys, type RowData, type Table, type Write } from 'changeover/table';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { SqliteStore } from '../../src/sqlite/index.ts';
import { describeServer, schemaOf } from './fixture.ts';

const text = (value: string) => ({ type: 'string', value }) as const;
const row = (rowKey: string, value = rowKey): RowData => ({
  partitionKey: 'p',
  rowKey,
  properties: { v: text(value) },
});
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => row(String(index).padStart(6, '0')));

await describeServer('Postgres, own layout', (database) => {
  /** What each operation costs in round trips, of a table whose connection is open. */
  async function counted() {
    const schema = await schemaOf(database);
    const store = await schema.openStore();
    await store.create('t');
    const table = await store.open('t');
    const trips = async (work: () => Promise<unknown>) => {
      const before = store.connection.roundTrips;
      await work();
      return store.connection.roundTrips - before;
    };
    return { schema, store, table, trips };
  }

  test.for(['merge', 'upsertMerge'] as const)(
    'a %s finds the row that came into being after it was looked for, and keeps what that holds',
    async (kind) => {
      const { store, table } = await counted();
      const other = await store.open('t');
      const read = store.connection.read.bind(store.connection);
      store.connection.read = async (...asked) => {
        store.connection.read = read;
        const found = await read(...asked);
        await other.write([{ ...row('a', 'theirs'), kind: 'insert' }]);
        return found;
      };
      const ours = { partitionKey: 'p', rowKey: 'a', properties: { w: text('ours') } };
      await table.write([kind === 'merge' ? { ...ours, kind, condition: '*' } : { ...ours, kind }]);
      assert.deepEqual((await table.get(row('a')))?.properties, { v: text('theirs'), w: text('ours') });
    },
  );

  test('a point read, a batch with its conditions, a page and a load with its marks are one round trip each', async () => {
    const { store, table, trips } = await counted();
    await store.create('_changeover_marks', { reserved: true });
    const { version } = (await table.write([{ ...row('a'), kind: 'insert' }]))[0] ?? {};
    const batch: readonly Write[] = [
      { ...row('a', 'again'), kind: 'replace', condition: version ?? '' },
      { ...row('b'), kind: 'insert' },
      { ...row('c'), kind: 'upsertReplace' },
      { partitionKey: 'p', rowKey: 'a2', kind: 'delete', condition: '*' },
    ];
    assert.equal(await trips(() => assert.rejects(table.write(batch))), 1, 'a batch whose condition fails');
    assert.equal(await trips(() => table.write(batch.slice(0, 3))), 1, 'a batch');
    assert.equal(await trips(() => table.get(row('a'))), 1, 'a point read');
    assert.equal(await trips(() => table.scan({ limit: 2 })), 1, 'a page');
    assert.equal(await trips(() => table.query('p')), 1, 'a partition');
    const mark = { table: '_changeover_marks', write: { ...row('mark'), kind: 'insert' } as const };
    assert.equal(await trips(() => table.load(many(100), { marks: [mark] })), 1, 'a load');
    const merge = { ...row('a'), kind: 'merge', condition: '*' } as const;
    assert.equal(await trips(() => table.write([merge])), 2, 'a merge, which has to be read');
  });

  test('rows that are read in bulk are those that are read one by one, whatever characters their keys have', async () => {
    const { table } = await counted();
    const odd = ['', '\u0000', '\u0001', '\u0003', 'a\u0003b', '\n', '\t', 'é', '😀', '\u0002'];
    await table.load(odd.map((key) => row(key, `${key}\u0003`)));
    for (const bounds of [{}, { after: { partitionKey: 'p', rowKey: 'a\u0003b' } }]) {
      const plain = await table.scan(bounds);
      const lazy = await table.scan({ ...bounds, lazy: true });
      const rows = lazy.rows.map(({ partitionKey, rowKey, version, properties }) => {
        return { partitionKey, rowKey, version, properties };
      });
      assert.deepEqual(rows, plain.rows);
    }
    assert.equal((await table.scan({ lazy: true })).rows.length, odd.length);
  });

  test('an unconditional delete beside other writes sees a row that came into being meanwhile', async () => {
    const { schema, table } = await counted();
    const other = await (await schema.openStore()).open('t');
    // In each round one writes both rows and one removes both: afterwards both are there or none, whoever came last.
    for (let round = 0; round < 30; round += 1) {
      const [a, b] = [row(`${round} a`), row(`${round} b`)];
      await Promise.all([
        table.write([
          { ...a, kind: 'upsertReplace' },
          { ...b, kind: 'upsertReplace' },
        ]),
        other.write([
          { ...b, kind: 'delete' },
          { ...a, kind: 'delete' },
        ]),
      ]);
      const left = [await table.get(a), await table.get(b)].map((each) => each !== undefined);
      assert.equal(left[0], left[1], `round ${round} left one of two rows`);
    }
  });

  test('batches that meet in the same rows from both ends never wait for each other in a circle', async () => {
    const { schema, store, table } = await counted();
    const rows = many(50);
    await table.load(rows);
    const writes = (each: readonly RowData[]): readonly Write[] =>
      each.map((one) => ({ ...one, kind: 'upsertReplace' }));
    for (let round = 0; round < 10; round += 1) {
      const both = [rows, rows.toReversed(), rows, rows.toReversed()];
      await Promise.all(both.map((each) => table.write(writes(each))));
    }
    // A session tells the server's statistics what it met at the latest when it ends.
    await store.close();
    const deadlocks = 'select deadlocks::int from pg_stat_database where datname = current_database()';
    await expect
      .poll(() =>
        schema.sql(
          "select count(*)::int from pg_stat_activity where application_name = 'changeover' and datname = current_database()",
        ),
      )
      .toEqual([[0]]);
    expect(await schema.sql(deadlocks)).toEqual([[0]]);
  });

  test('keys with NUL and its neighbour are kept, in the order of their bytes', async () => {
    const { schema, table } = await counted();
    const keys = [
      '',
      '\0',
      '\0\0',
      '\0\u0001',
      '\0a',
      '\u0001',
      '\u0001\0',
      '\u0001\u0001',
      '\u0001\u0002',
      '\u0002',
      'a\0',
      'a\u0001',
      'aa',
    ];
    const rows = keys.flatMap((partitionKey) => keys.map((rowKey) => ({ ...row(rowKey), partitionKey })));
    await table.load(rows);
    const { rows: found } = await table.scan();
    assert.deepEqual(
      found.map(({ partitionKey, rowKey }) => [partitionKey, rowKey]),
      rows.toSorted(compareKeys).map(({ partitionKey, rowKey }) => [partitionKey, rowKey]),
    );
    expect(await schema.sql(`select count(*)::int from $SCHEMA.t where row_key = 'aa'`)).toEqual([
      [keys.length],
    ]);
  });

  test('a load over rows that are there replaces them, and the marks are written once', async () => {
    const { store, table } = await counted();
    await store.create('_changeover_marks', { reserved: true });
    await table.load(many(100));
    const again = many(100).map((each) => ({ ...each, properties: { v: text('again') } }));
    const mark = { table: '_changeover_marks', write: { ...row('mark'), kind: 'insert' } as const };
    await table.load(again, { marks: [mark] });
    const { rows } = await table.scan();
    assert.deepEqual(new Set(rows.map(({ properties }) => properties['v']?.value)), new Set(['again']));
    const marks = await store.open('_changeover_marks', { reserved: true });
    assert.equal((await marks.scan()).rows.length, 1);
  });

  test('a table has statistics once many rows were loaded, before it is read', async () => {
    const { schema, table } = await counted();
    const rows = many(10_000);
    await table.load(rows);
    await table.scan({ limit: 1 });
    const [estimate] = await schema.sql(
      `select reltuples::int from pg_class where oid = '$SCHEMA.t'::regclass`,
    );
    expect(estimate).toEqual([rows.length]);
  });

  test('a large table is split by a sample of its pages into parts of about the same size', async () => {
    const { schema, table } = await counted();
    await schema.sql(
      `insert into $SCHEMA.t select case when n < 200000 then 'hot' else 'cold ' || n end, lpad(n::text, 8, '0'), 1, '{}'
       from generate_series(1, 300000) as n`,
    );
    const { keys, rows } = await table.sampleKeys(8);
    assert.equal(rows, 300_000);
    assert.equal(keys.length, 7);
    const ends = [...keys, undefined];
    for (const [index, through] of ends.entries()) {
      const after = keys[index - 1];
      const part = await table.hashRange({ ...(after ? { after } : {}), ...(through ? { through } : {}) });
      assert.ok(part.rows > 12_000 && part.rows < 80_000, `part ${index} has ${part.rows} rows`);
    }
  });

  test('a page ends at its bytes, and one row always fits', async () => {
    const { table } = await counted();
    const large = Array.from({ length: 20 }, (_, index) => row(`${index + 10}`, 'x'.repeat(100_000)));
    await table.load(large);
    const page = await table.scan({ bytes: 250_000 });
    assert.equal(page.rows.length, 3);
    assert.equal((await table.scan({ bytes: 1 })).rows.length, 1);
    assert.equal((await readAll(table, 250_000)).length, large.length);
  });

  test('a hash of the server is that of SQLite, whatever is in the rows', async () => {
    const { schema } = await counted();
    const sqlite = await SqliteStore.open({
      path: `/tmp/changeover-${schema.name}.db`,
      mode: 'write',
      clock: systemClock,
    });
    const store = await schema.openStore();
    await store.create('hashed');
    await sqlite.create('hashed');
    const rows: RowData[] = [
      ...many(300),
      { partitionKey: 'é\0', rowKey: '\u0001', properties: { 'größe"': text('\u0000\u001f\\"é😀') } },
      { partitionKey: '', rowKey: '', properties: {} },
      { partitionKey: 'p', rowKey: 'tagged', properties: { v: text('a'), _changeover_tag: text('hidden') } },
      { partitionKey: 'p', rowKey: '_changeover.meta', properties: { v: text('reserved') } },
    ];
    for (const reserved of [true, false]) {
      const [ours, theirs] = [
        await store.open('hashed', { reserved }),
        await sqlite.open('hashed', { reserved }),
      ];
      if (reserved) {
        await ours.load(rows);
        await theirs.load(rows);
      }
      assert.deepEqual(await ours.hashRange(), await theirs.hashRange(), `reserved: ${reserved}`);
      const range = {
        after: { partitionKey: 'p', rowKey: '000100' },
        through: { partitionKey: 'p', rowKey: '000200' },
      };
      assert.deepEqual(await ours.hashRange(range), await theirs.hashRange(range));
    }
    await sqlite.drop('hashed');
    await sqlite.close();
  });

  test('what is in a name, a key, a value or a filter is never SQL', async () => {
    const schema = await schemaOf(database);
    const store = await schema.openStore();
    const evil = `x'; drop table $1 "t" --\\`;
    await store.create(evil);
    await store.create('bystander');
    const table = await store.open(evil);
    const data = { partitionKey: evil, rowKey: evil, properties: { [evil]: text(evil) } };
    await table.load([
      ...Array.from({ length: 60 }, (_, index) => ({ ...data, rowKey: `${evil}${index}` })),
      data,
    ]);
    await table.write([{ ...data, kind: 'replace', condition: '*' }]);
    const filter = {
      kind: 'comparison',
      subject: { kind: 'rowKey' },
      operator: 'eq',
      value: text(evil),
    } as const;
    assert.deepEqual(
      (await table.scan({ filter })).rows.map(({ properties }) => properties),
      [data.properties],
    );
    await assert.rejects(table.write([{ ...data, kind: 'replace', condition: evil }]), (error) =>
      isCode(error, 'TABLE_VERSION_MISMATCH'),
    );
    assert.deepEqual(await store.list(), ['bystander', evil]);
    assert.equal(await store.drop(evil), true);
  });

  test('a name that the server would cut off is refused', async () => {
    const schema = await schemaOf(database);
    const store = await schema.openStore();
    await store.create('n'.repeat(63));
    await assert.rejects(store.create('é'.repeat(32)), (error) => isCode(error, 'TABLE_NAME_INVALID'));
  });

  test('an application’s table is neither taken for ours nor dropped', async () => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.theirs (id text primary key)');
    const store = await schema.openStore();
    await assert.rejects(store.create('theirs'), (error) => isCode(error, 'TABLE_ALREADY_EXISTS'));
    await assert.rejects(store.drop('theirs'), (error) => isCode(error, 'TABLE_NOT_SUPPORTED'));
    assert.deepEqual(await store.list(), []);
  });

  test('tables that several processes create at once are all there', async () => {
    const schema = await schemaOf(database);
    const stores = await Promise.all(Array.from({ length: 4 }, () => schema.openStore()));
    await Promise.all(stores.map((store, index) => store.create(`t${index}`)));
    assert.deepEqual(await stores[0]?.list(), ['t0', 't1', 't2', 't3']);
  });
});

async function readAll(table: Table, bytes: number): Promise<readonly RowData[]> {
  const rows = [];
  for (
    let page = await table.scan({ bytes });
    ;
    page = await table.scan({ bytes, after: page.continuation })
  ) {
    rows.push(...page.rows);
    if (!page.continuation) return rows;
  }
}
