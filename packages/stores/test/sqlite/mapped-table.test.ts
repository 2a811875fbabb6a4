import assert from 'node:assert/strict';
import type { Properties, Table } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { type MappedFile, mappedFile } from './mapped-fixture.ts';

const KEY = { partitionKey: 'FR', rowKey: 'x' };
const TEXT = { type: 'string', value: 'text' } as const;
const PLACES = `create table places (country TEXT NOT NULL, id TEXT NOT NULL, name TEXT DEFAULT 'nobody', n INTEGER,
  PRIMARY KEY (country, id))`;
const MAPPING = { partitionKey: 'country', rowKey: 'id' };

describe('absence', () => {
  test('a NULL is an absent property', async () => {
    const { file, table } = await places();
    file.application.exec("insert into places values ('FR', 'x', null, 5)");
    assert.deepEqual((await table.get(KEY))?.properties, { n: { type: 'int64', value: 5n } });
  });

  test('an insert and a replace write NULL to the columns that they do not name, not the default', async () => {
    const { file, table } = await places();
    await table.write([{ ...KEY, kind: 'insert', properties: {} }]);
    assert.equal(nameOf(file), null);
    await table.write([{ ...KEY, kind: 'replace', condition: '*', properties: { name: TEXT } }]);
    await table.write([{ ...KEY, kind: 'upsertReplace', properties: {} }]);
    assert.equal(nameOf(file), null);
    await table.load([{ ...KEY, properties: { name: TEXT } }]);
    await table.load([{ ...KEY, properties: {} }]);
    assert.equal(nameOf(file), null);
  });

  test('a merge leaves the columns alone that it does not name', async () => {
    const { file, table } = await places();
    await table.write([{ ...KEY, kind: 'insert', properties: { name: TEXT } }]);
    await table.write([{ ...KEY, kind: 'upsertMerge', properties: { n: { type: 'int64', value: 1n } } }]);
    assert.equal(nameOf(file), 'text');
  });

  test('a merge need not name a required column of a row that exists', async () => {
    const file = await mappedFile('create table t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT)');
    file.application.exec("insert into t values (0, 'kept', null)");
    const table = await file.openTable('t', { partitionKey: 'id', rowKey: 'id' });
    const key = { partitionKey: '', rowKey: '09223372036854775808' };
    await table.write([{ ...key, kind: 'merge', condition: '*', properties: { b: TEXT } }]);
    expect((await table.get(key))?.properties).toMatchObject({ a: { value: 'kept' }, b: TEXT });
  });
});

describe('versions', () => {
  test('a version column counts the writes, the first one as 1', async () => {
    const { table } = await versioned();
    const kinds = ['insert', 'upsertReplace', 'upsertMerge'] as const;
    const versions: (string | undefined)[] = [];
    for (const kind of kinds)
      versions.push((await table.write([{ ...KEY, kind, properties: {} }]))[0]?.version);
    await table.load([{ ...KEY, properties: {} }]);
    assert.deepEqual([...versions, (await table.get(KEY))?.version], ['1', '2', '3', '4']);
  });

  test('a version column is no property', async () => {
    const { table } = await versioned();
    await table.write([{ ...KEY, kind: 'insert', properties: {} }]);
    assert.deepEqual((await table.get(KEY))?.properties, {});
    expect(table.problemOf({ ...KEY, properties: { rev: { type: 'int64', value: 9n } } })).toMatchObject({
      property: 'rev',
    });
  });

  test('a row that the application wrote without a version has version 0', async () => {
    const { file, table } = await versioned();
    file.application.exec("insert into places values ('FR', 'x', 'text', null)");
    assert.equal((await table.get(KEY))?.version, '0');
    const [result] = await table.write([{ ...KEY, kind: 'replace', condition: '0', properties: {} }]);
    assert.equal(result?.version, '1');
  });

  test("a hash notices the application's own writes", async () => {
    const { file, table } = await places();
    const [inserted] = await table.write([{ ...KEY, kind: 'insert', properties: { name: TEXT } }]);
    file.application.exec("update places set name = 'other'");
    const replace = table.write([
      { ...KEY, kind: 'replace', condition: inserted?.version ?? '', properties: { name: TEXT } },
    ]);
    await expect(replace).rejects.toMatchObject({ code: 'TABLE_VERSION_MISMATCH', effect: 'none' });
  });

  test('the version that a write gives is that of what a trigger made of the row', async () => {
    const { file, table } = await places();
    file.application.exec(
      'create trigger up after insert on places begin update places set name = upper(name); end',
    );
    const [result] = await table.write([{ ...KEY, kind: 'insert', properties: { name: TEXT } }]);
    const found = await table.get(KEY);
    assert.deepEqual([found?.version, found?.properties['name']?.value], [result?.version, 'TEXT']);
  });
});

describe('values that the mapping cannot read', () => {
  const UNREADABLE: readonly [string, string, RegExp][] = [
    [
      'a date alone, in a column mapped as datetime',
      "insert into t values (5, '2012-02-18', null)",
      /at of row ""\/"09223372036854775813" holds a text that is no datetime/,
    ],
    [
      'a 7 in a column mapped as boolean',
      'insert into t values (5, null, 7)',
      /flag of row .* holds an integer that is no boolean/,
    ],
    [
      'text that is not UTF-8',
      "insert into t values (5, null, cast(x'ff41' as text))",
      /"flag" of row id = 5 holds text that is not UTF-8/,
    ],
  ];

  for (const [what, sql, message] of UNREADABLE) {
    test(`${what} is an error, never a string or an absence`, async () => {
      const table = await flags(sql);
      const error = { code: 'TABLE_VALUE_INVALID', effect: 'none', message: expect.stringMatching(message) };
      await expect(table.scan()).rejects.toMatchObject(error);
      await expect(table.query('')).rejects.toMatchObject(error);
      await expect(table.get({ partitionKey: '', rowKey: '09223372036854775813' })).rejects.toMatchObject(
        error,
      );
    });
  }

  test('a filter on a value that does not fit its type fails, rather than pass the row over', async () => {
    const table = await flags('insert into t values (5, null, 7)');
    const filter = {
      kind: 'comparison',
      subject: { kind: 'property', name: 'flag' },
      operator: 'eq',
      value: { type: 'boolean', value: true },
    } as const;
    await expect(table.scan({ filter })).rejects.toMatchObject({ code: 'TABLE_VALUE_INVALID' });
  });

  test('a key of another storage class is an error', async () => {
    const { file, table } = await places();
    file.application.exec("insert into places (country, id) values ('FR', x'00')");
    await expect(table.scan()).rejects.toMatchObject({
      code: 'TABLE_VALUE_INVALID',
      message: expect.stringMatching(/key column id .* a blob, not text/),
    });
  });

  test('text with a replacement character of its own is read as it is', async () => {
    const { file, table } = await places();
    file.application.exec("insert into places (country, id, name) values ('FR', 'x', '\ufffd')");
    assert.deepEqual((await table.get(KEY))?.properties['name'], { type: 'string', value: '\ufffd' });
  });

  async function flags(sql: string): Promise<Table> {
    const file = await mappedFile('create table t (id INTEGER PRIMARY KEY, at DATETIME, flag BOOLEAN)');
    file.application.exec(sql);
    return file.openTable('t', { partitionKey: 'id', rowKey: 'id', types: 'at:datetime,flag:boolean' });
  }
});

describe('what the table itself refuses', () => {
  const OTHER = { partitionKey: 'FR', rowKey: 'y' };
  const REFUSALS: readonly [string, string, RegExp][] = [
    [
      'a CHECK',
      "alter table places add column c TEXT CHECK (coalesce(name, '') <> 'bad')",
      /CHECK constraint failed/,
    ],
    [
      'another UNIQUE index',
      "create unique index u on places (name); insert into places values ('DE', 'z', 'bad', 1)",
      /UNIQUE constraint failed: places\.name/,
    ],
    [
      'a trigger that raises',
      "create trigger r before insert on places when new.name = 'bad' begin select raise(abort, 'no bad ones'); end",
      /no bad ones/,
    ],
    [
      'a trigger that ignores',
      "create trigger r before insert on places when new.name = 'bad' begin select raise(ignore); end",
      /trigger/,
    ],
    [
      'a foreign key',
      `create table names (name TEXT PRIMARY KEY); insert into names values ('text');
       alter table places add column f TEXT REFERENCES names DEFAULT null;
       create trigger r after insert on places when new.name = 'bad'
       begin update places set f = 'bad' where id = new.id; end`,
      /FOREIGN KEY/,
    ],
  ];

  for (const [what, sql, message] of REFUSALS) {
    test(`${what} stops the whole batch, and the error names the row`, async () => {
      const file = await mappedFile(PLACES);
      file.application.exec(sql);
      const table = await file.openTable('places', MAPPING);
      const rows = [row(KEY, 'text'), row(OTHER, 'bad')];
      const error = {
        code: 'TABLE_VALUE_UNSUPPORTED',
        effect: 'none',
        message: expect.stringMatching(message),
      };
      await expect(table.write(rows.map((each) => ({ ...each, kind: 'insert' })))).rejects.toMatchObject({
        ...error,
        details: { index: 1, key: OTHER },
      });
      await expect(table.load(rows)).rejects.toMatchObject(error);
      assert.equal(await table.get(KEY), undefined);
    });
  }

  test('a foreign key that is checked at the end stops the transaction', async () => {
    const file = await mappedFile(
      `create table names (name TEXT PRIMARY KEY); create table t (id INTEGER PRIMARY KEY,
       name TEXT REFERENCES names DEFERRABLE INITIALLY DEFERRED)`,
    );
    const table = await file.openTable('t', { partitionKey: 'id', rowKey: 'id' });
    const key = { partitionKey: '', rowKey: '09223372036854775808' };
    await expect(table.load([row(key, 'nobody')])).rejects.toMatchObject({
      code: 'TABLE_VALUE_UNSUPPORTED',
      effect: 'none',
    });
    assert.equal((await table.scan()).rows.length, 0);
  });

  test('an ON CONFLICT REPLACE of the table does not drop the row that is in the way', async () => {
    const file = await mappedFile(
      `create table t (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE)`,
    );
    file.application.exec("insert into t values (1, 'taken')");
    const table = await file.openTable('t', { partitionKey: 'id', rowKey: 'id' });
    const key = { partitionKey: '', rowKey: '09223372036854775808' };
    await expect(table.load([row(key, 'taken')])).rejects.toMatchObject({ code: 'TABLE_VALUE_UNSUPPORTED' });
    assert.equal((await table.scan()).rows.length, 1);
  });

  test('a load does not move a row of another partition that has the same unique row key', async () => {
    const file = await mappedFile(
      'create table t (a TEXT NOT NULL, id INTEGER PRIMARY KEY, name TEXT); create index i on t (a, id)',
    );
    file.application.exec("insert into t values ('DE', 0, 'kept')");
    const table = await file.openTable('t', { partitionKey: 'a', rowKey: 'id' });
    const load = table.load([row({ partitionKey: 'FR', rowKey: '09223372036854775808' }, 'moved')]);
    await expect(load).rejects.toMatchObject({ code: 'TABLE_VALUE_UNSUPPORTED', effect: 'none' });
    assert.deepEqual((await table.scan()).rows[0]?.partitionKey, 'DE');
  });
});

describe('what does not fit is refused before it is written', () => {
  const MISFITS: readonly [string, Properties, RegExp][] = [
    ['a property without a column', { no: TEXT }, /no column/],
    ['text that the column would make a number', { n: { type: 'string', value: '5' } }, /would convert/],
    ['an int32 in an integer column without a type', { n: { type: 'int32', value: 5 } }, /types=n:int32/],
  ];
  for (const [what, properties, reason] of MISFITS) {
    test(what, async () => {
      const { table } = await places();
      assert.match(table.problemOf({ ...KEY, properties })?.reason ?? '', reason);
      await expect(table.load([{ ...KEY, properties }])).rejects.toMatchObject({
        code: 'TABLE_VALUE_UNSUPPORTED',
      });
    });
  }

  test('a row without a required property', async () => {
    const file = await mappedFile("create table t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x')");
    const table = await file.openTable('t', { partitionKey: 'id', rowKey: 'id' });
    const key = { partitionKey: '', rowKey: '09223372036854775808' };
    expect(table.problemOf({ ...key, properties: {} })).toMatchObject({ property: 'a' });
    const merge = table.write([{ ...key, kind: 'upsertMerge', properties: {} }]);
    await expect(merge).rejects.toMatchObject({ code: 'TABLE_VALUE_UNSUPPORTED', effect: 'none' });
  });

  test('a key that the columns cannot spell; to read and delete it finds nothing', async () => {
    const file = await mappedFile('create table t (id INTEGER PRIMARY KEY)');
    const table = await file.openTable('t', { partitionKey: 'id', rowKey: 'id' });
    const key = { partitionKey: '', rowKey: 'seven' };
    assert.match(table.problemOf({ ...key, properties: {} })?.reason ?? '', /key/);
    assert.equal(await table.get(key), undefined);
    assert.deepEqual(await table.write([{ ...key, kind: 'delete' }]), [{ version: undefined }]);
    const conditional = table.write([{ ...key, kind: 'delete', condition: '*' }]);
    await expect(conditional).rejects.toMatchObject({ code: 'TABLE_ROW_ABSENT' });
  });
});

describe('a table that is altered while it is open', () => {
  const ALTERATIONS = [
    ['has a new column', 'alter table places add column later TEXT'],
    ['lacks a column', 'alter table places drop column n'],
    ['has a column of another type', `drop table places; ${PLACES.replace('INTEGER', 'TEXT')}`],
  ] as const;
  test.each(ALTERATIONS)('is neither read nor written if it %s', async (_, sql) => {
    const { file, table } = await places();
    await table.load([row(KEY, 'text')]);
    file.application.exec(sql);
    const altered = { code: 'TABLE_UNAVAILABLE', effect: 'none', message: /altered/ };
    await assert.rejects(table.get(KEY), altered);
    await assert.rejects(table.scan(), altered);
    await assert.rejects(table.describe(), altered);
    await assert.rejects(table.load([row(KEY, 'text')]), altered);
  });

  test('is the same where only other tables, and its own indexes for searching, are made', async () => {
    const { file, table } = await places();
    file.application.exec('create table others (a); create index by_name on places (name)');
    await table.load([row(KEY, 'text')]);
    assert.equal((await table.get(KEY))?.properties['name']?.value, 'text');
  });
});

async function places(): Promise<{ file: MappedFile; table: Table }> {
  const file = await mappedFile(PLACES);
  return { file, table: await file.openTable('places', MAPPING) };
}

async function versioned(): Promise<{ file: MappedFile; table: Table }> {
  const file = await mappedFile(
    'create table places (country TEXT NOT NULL, id TEXT NOT NULL, name TEXT, rev INTEGER, PRIMARY KEY (country, id))',
  );
  return { file, table: await file.openTable('places', { ...MAPPING, version: 'rev' }) };
}

function row(key: typeof KEY, name: string) {
  return { ...key, properties: { name: { type: 'string', value: name } } } as const;
}

function nameOf(file: MappedFile): unknown {
  return file.application.prepare('select name from places').pluck().get();
}
