import assert from 'node:assert/strict';
import { isCode } from 'changeover/std';
import {
  compareKeys,
  type Filter,
  matchesFilter,
  type RowData,
  type Table,
  type Value,
} from 'changeover/table';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeServer, schemaOf } from './fixture.ts';

const text = (value: string): Value => ({ type: 'string', value });
const keyOfId = (id: string) => ({ partitionKey: '', rowKey: id });
const insertOf = (row: RowData) => [{ ...row, kind: 'insert' }] as const;

await describeServer('Postgres, mapped tables', (database) => {
  test('integer keys come in the order of their numbers, composite ones column by column', async () => {
    const schema = await schemaOf(database);
    const columns =
      'country text, n integer, part text collate "en-x-icu", v text, primary key (country, n, part)';
    const table = await schema.mappedTable(columns, { partitionKey: 'country', rowKey: 'n,part' });
    await schema.sql(
      `insert into $SCHEMA.t values ('FR', 10, 'b', '5'), ('FR', 9, 'B', '3'), ('FR', -1, 'a', '1'),
       ('FR', 10, 'B', '4'), ('FR', 9, '', '2'), ('DE', 100, '!', '0'), ('FR', 2147483647, 'é', '6')`,
    );
    const rows = await allRows(table, 2);
    assert.deepEqual(
      rows.map((row) => row.properties['v']?.value),
      ['0', '1', '2', '3', '4', '5', '6'],
    );
    assert.deepEqual(rows.toSorted(compareKeys), rows);
    for (const row of rows) assert.deepEqual(await table.get(row), row);
  });

  test('a page goes by an index where the order of a column is that of the bytes', async () => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.t (id text collate "C" primary key, v text)');
    const store = await schema.openMapped('t', { partitionKey: 'id', rowKey: 'id' });
    const table = await store.open('t');
    await schema.sql(`insert into $SCHEMA.t select n, 'x' from generate_series(1, 5000) as n`);
    await schema.sql('analyze $SCHEMA.t');
    const before = await indexScans(schema);
    const rows = await allRows(table, 1000);
    assert.equal(rows.length, 5000);
    // A session tells the server's statistics what it did at the latest when it ends.
    await store.close();
    await expect.poll(() => indexScans(schema), { timeout: 10_000 }).toBeGreaterThan(before);
  });

  test('what the server evaluates of a filter is what the filter means', async () => {
    const schema = await schemaOf(database);
    const table = await schema.mappedTable(
      'id text primary key, s text, i integer, b bigint, m numeric, d double precision, r real, f boolean, at timestamptz, g uuid, x bytea, day date',
    );
    await schema.sql(`insert into $SCHEMA.t (id) values ('empty')`);
    for (const row of ROWS) await table.write(insertOf(row));
    const rows = await allRows(table, 1000);
    await fc.assert(
      fc.asyncProperty(filters, async (filter) => {
        const found = (await table.scan({ filter })).rows.map((row) => row.rowKey);
        const expected = rows.filter((row) => matchesFilter(filter, row)).map((row) => row.rowKey);
        assert.deepEqual(found, expected);
      }),
      { numRuns: 300 },
    );
  });

  test('an application goes on writing beside us, and its changes change versions', async () => {
    const schema = await schemaOf(database);
    const table = await schema.mappedTable("id text primary key, v text, other text default 'kept'");
    await schema.sql(`insert into $SCHEMA.t values ('r', 'one')`);
    const seen = await table.get(keyOfId('r'));
    await schema.sql(`update $SCHEMA.t set v = 'two'`);
    const stale = table.write([
      { ...keyOfId('r'), kind: 'replace', condition: seen?.version ?? '', properties: {} },
    ]);
    await assert.rejects(stale, (error) => isCode(error, 'TABLE_VERSION_MISMATCH'));
    await table.write([{ ...keyOfId('r'), kind: 'merge', condition: '*', properties: { v: text('three') } }]);
    expect(await schema.sql('select v, other from $SCHEMA.t')).toEqual([['three', 'kept']]);
    await table.write([{ ...keyOfId('r'), kind: 'upsertReplace', properties: { v: text('four') } }]);
    expect(await schema.sql('select v, other from $SCHEMA.t')).toEqual([['four', null]]);
  });

  test('reserved rows and properties lie in a sidecar, and never in the application’s columns', async () => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.t (id text primary key, v text)');
    const store = await schema.openMapped('t', { partitionKey: 'id', rowKey: 'id' });
    const ours = await store.open('t', { reserved: true });
    const tag = { _changeover_tag: text('tomb') };
    await ours.write([
      { ...keyOfId('r'), kind: 'insert', properties: { v: text('a'), ...tag } },
      { ...keyOfId('_changeover.fence'), kind: 'insert', properties: { v: text('epoch') } },
    ]);
    expect(await schema.sql('select * from $SCHEMA.t')).toEqual([['r', 'a']]);
    const failing = ours.write([
      { ...keyOfId('s'), kind: 'insert', properties: {} },
      { ...keyOfId('_changeover.fence'), kind: 'insert', properties: {} },
    ]);
    await assert.rejects(
      failing,
      (error) => isCode(error, 'TABLE_ROW_EXISTS') && error.details['index'] === 1,
    );
    expect(await schema.sql('select id from $SCHEMA.t')).toEqual([['r']]);
    const application = await store.open('t');
    await application.write([{ ...keyOfId('r'), kind: 'merge', condition: '*', properties: {} }]);
    assert.deepEqual((await ours.get(keyOfId('r')))?.properties, { v: text('a'), ...tag });
    await application.write([{ ...keyOfId('r'), kind: 'upsertReplace', properties: {} }]);
    assert.deepEqual((await ours.get(keyOfId('r')))?.properties, {});
  });

  test('a load by COPY forgets reserved properties of rows too, once another process made a sidecar', async () => {
    const schema = await schemaOf(database);
    const table = await schema.mappedTable('id text primary key, v text');
    const other = await (await schema.openMapped('t', { partitionKey: 'id', rowKey: 'id' })).open('t', {
      reserved: true,
    });
    await other.write([{ ...keyOfId('0'), kind: 'insert', properties: { _changeover_tag: text('x') } }]);
    await schema.sql('delete from $SCHEMA.t');
    await table.load(
      Array.from({ length: 60 }, (_, index) => ({ ...keyOfId(String(index)), properties: {} })),
    );
    assert.deepEqual((await other.get(keyOfId('0')))?.properties, {});
  });

  test.each([
    [
      'a trigger that leaves it out',
      `create function $SCHEMA.f() returns trigger language plpgsql as 'begin return null; end';
      create trigger g before insert on $SCHEMA.t for each row execute function $SCHEMA.f()`,
    ],
    ['a constraint', `alter table $SCHEMA.t add check (v <> 'bad')`],
    [
      'another unique column',
      `insert into $SCHEMA.t values ('other', 'bad'); create unique index on $SCHEMA.t (v)`,
    ],
  ])('a row that the table refuses by %s stops the batch and the load', async (_, ddl) => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.t (id text primary key, v text)');
    await schema.sql(ddl);
    const before = await schema.sql('select * from $SCHEMA.t');
    const table = await (await schema.openMapped('t', { partitionKey: 'id', rowKey: 'id' })).open('t');
    const bad = { ...keyOfId('bad'), properties: { v: text('bad') } };
    const good = Array.from({ length: 60 }, (__, index) => ({ ...keyOfId(`${index}`), properties: {} }));
    for (const work of [
      () => table.write(insertOf(bad)),
      () => table.load([bad]),
      () => table.load([...good, bad]),
    ]) {
      await assert.rejects(
        work(),
        (error) => isCode(error, 'TABLE_VALUE_UNSUPPORTED') && error.effect === 'none',
      );
    }
    expect(await schema.sql('select * from $SCHEMA.t')).toEqual(before);
  });

  test('a table that is altered while it is open is neither read nor written any more', async () => {
    const schema = await schemaOf(database);
    const table = await schema.mappedTable('id text primary key, v text');
    await table.write(insertOf({ ...keyOfId('r'), properties: {} }));
    await schema.sql('alter table $SCHEMA.t add column later text');
    const rows = Array.from({ length: 60 }, (_, index) => ({ ...keyOfId(`${index}`), properties: {} }));
    for (const work of [
      () => table.scan(),
      () => table.load(rows),
      () => table.write(insertOf({ ...keyOfId('s'), properties: {} })),
    ]) {
      await assert.rejects(
        work(),
        (error: Error) => isCode(error, 'TABLE_UNAVAILABLE') && /altered/.test(error.message),
      );
    }
    expect(await schema.sql('select count(*)::int from $SCHEMA.t')).toEqual([[1]]);
  });

  test('an index that is made meanwhile is no reason to stop', async () => {
    const schema = await schemaOf(database);
    const table = await schema.mappedTable('id text primary key, v text');
    await schema.sql('create index on $SCHEMA.t (v)');
    await schema.sql(`comment on table $SCHEMA.t is 'changed'; alter table $SCHEMA.t set (fillfactor = 90)`);
    assert.deepEqual((await table.scan()).rows, []);
  });

  test.each([
    ['a key that may be NULL', 'id text unique', /may be NULL/],
    ['a key that is not unique', 'id text not null', /no unique index/],
    [
      'a key that is unique only in part of the rows',
      'id text not null, v text; create unique index on $SCHEMA.t (id) where v is null',
      /no unique index/,
    ],
    ['a key of a type without text', 'id numeric primary key', /keys are texts or integers/],
    [
      'a reserved name of a column',
      'id text primary key, _changeover_x text',
      /a name that no property can have/,
    ],
    ['no such column', 'other text primary key', /has no column id/],
  ])('a mapping is refused for %s', async (_, columns, reason) => {
    const schema = await schemaOf(database);
    const [first, ...rest] = columns.split(';');
    await schema.sql(`create table $SCHEMA.t (${first}); ${rest.join(';')}`);
    const opening = schema.openMapped('t', { partitionKey: 'id', rowKey: 'id' });
    await assert.rejects(
      opening,
      (error: Error) => isCode(error, 'TABLE_MAPPING_INVALID') && reason.test(error.message),
    );
  });

  test('a table of the application that is named without a mapping is refused with the URL to write', async () => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.t (a text, "b c" integer, v text, primary key (a, "b c"))');
    const store = await schema.openStore();
    await assert.rejects(store.open('t'), (error: Error) => {
      return (
        isCode(error, 'TABLE_MAPPING_REQUIRED') && /partitionKey=a&rowKey=b%20c#t'/.test(error.hint ?? '')
      );
    });
    await assert.rejects(store.drop('t'), (error) => isCode(error, 'TABLE_NOT_SUPPORTED'));
    expect(await schema.sql('select count(*)::int from $SCHEMA.t')).toEqual([[0]]);
  });

  test('a batch is one round trip, as long as nothing is reserved', async () => {
    const schema = await schemaOf(database);
    await schema.sql('create table $SCHEMA.t (id text primary key, v text)');
    const store = await schema.openMapped('t', { partitionKey: 'id', rowKey: 'id' });
    const table = await store.open('t');
    const { connection } = store;
    const before = connection.roundTrips;
    await table.write([
      { ...keyOfId('a'), kind: 'insert', properties: {} },
      { ...keyOfId('b'), kind: 'upsertMerge', properties: { v: text('x') } },
      { ...keyOfId('c'), kind: 'upsertReplace', properties: {} },
    ]);
    assert.equal(connection.roundTrips - before, 1);
  });
});

async function allRows(table: Table, limit: number) {
  const rows = [];
  for (let after: { partitionKey: string; rowKey: string } | undefined; ; ) {
    const page = await table.scan({ limit, ...(after ? { after } : {}) });
    rows.push(...page.rows);
    after = page.continuation;
    if (!after) return rows;
  }
}

async function indexScans(schema: Awaited<ReturnType<typeof schemaOf>>): Promise<number> {
  const [row] = await schema.sql(
    `select coalesce(sum(idx_scan), 0)::int from pg_stat_user_indexes where schemaname = '$SCHEMA'`,
  );
  return Number(row?.[0]);
}

const VALUES: Readonly<Record<string, readonly Value[]>> = {
  s: ['', 'a', 'B', 'é', '😀', '5'].map(text),
  i: [0, 5, -1, 2 ** 31 - 1].map((value): Value => ({ type: 'int32', value })),
  b: [0n, 5n, 2n ** 53n + 1n, -(2n ** 63n)].map((value): Value => ({ type: 'int64', value })),
  m: ['0', '5.0', '0.1', '9007199254740993', '1e3'.replace('e3', '000')].map(
    (value): Value => ({ type: 'decimal', value }),
  ),
  d: [0, -0, 5, 0.1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map(
    (value): Value => ({ type: 'double', value }),
  ),
  r: [0, 5, Math.fround(0.1), Number.NaN].map((value): Value => ({ type: 'double', value })),
  f: [true, false].map((value): Value => ({ type: 'boolean', value })),
  at: ['2012-02-18T00:00:00.0000000Z', '2012-02-18T00:00:00.0000010Z', '1969-12-31T23:59:59.9999990Z'].map(
    (value): Value => ({ type: 'datetime', value }),
  ),
  g: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'].map(
    (value): Value => ({ type: 'guid', value }),
  ),
  x: [[], [0], [0, 255], [39]].map((bytes): Value => ({ type: 'binary', value: new Uint8Array(bytes) })),
  day: ['2012-02-18', '1999-12-31'].map(text),
};

/** Each column with each of its values, in some rows together with others, in some alone. */
const ROWS: readonly RowData[] = Array.from({ length: 40 }, (_, index) => ({
  ...keyOfId(`row ${String(index).padStart(2, '0')}`),
  properties: Object.fromEntries(
    Object.entries(VALUES).flatMap(([name, values], column) => {
      const value = values[index % values.length];
      return value && (index + column) % 4 !== 0 ? [[name, value]] : [];
    }),
  ),
}));

const OTHERS: readonly Value[] = [
  { type: 'datetime', value: '2012-02-18T00:00:00.0000005Z' },
  { type: 'double', value: 4.5 },
  { type: 'int64', value: 2n ** 62n },
  { type: 'decimal', value: '99999999999999999999999.5' },
  text('row 05'),
  text('a\0b'),
];

const comparisons = fc
  .record({
    name: fc.constantFrom(...Object.keys(VALUES)),
    operator: fc.constantFrom('eq', 'ne', 'gt', 'ge', 'lt', 'le'),
    value: fc.constantFrom(...Object.values(VALUES).flat(), ...OTHERS),
    key: fc.boolean(),
  })
  .map(({ name, operator, value, key }): Filter => {
    const onKey = key && value.type === 'string';
    const subject = onKey ? ({ kind: 'rowKey' } as const) : ({ kind: 'property', name } as const);
    return { kind: 'comparison', subject, operator: operator as 'eq', value };
  });

const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    comparisons,
    fc.record({ kind: fc.constant('not' as const), operand: tie('filter') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).filter;
