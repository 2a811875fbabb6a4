import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import type { MappedParameters } from '../../src/layout/mapped-config.ts';
import { mappedFile } from './mapped-fixture.ts';

const KEYS: MappedParameters = { partitionKey: 'a', rowKey: 'b' };
const ID: MappedParameters = { partitionKey: 'id', rowKey: 'id' };
const AB = 'a TEXT NOT NULL, b TEXT NOT NULL';

const MAPPABLE: readonly [string, string, MappedParameters][] = [
  ['an INTEGER PRIMARY KEY', 'create table t (id INTEGER PRIMARY KEY, x)', ID],
  ['a primary key', `create table t (${AB}, primary key (a, b))`, KEYS],
  ['a primary key without rowid', 'create table t (a TEXT, b TEXT, primary key (a, b)) without rowid', KEYS],
  ['a unique constraint', `create table t (${AB}, unique (a, b))`, KEYS],
  ['a unique index', `create table t (${AB}); create unique index i on t (a, b)`, KEYS],
  ['a strict table', 'create table t (a TEXT, b INT, primary key (a, b)) strict, without rowid', KEYS],
  [
    'a unique row key, and an index that sorts by both keys',
    'create table t (a TEXT NOT NULL, b INTEGER PRIMARY KEY); create index i on t (a, b)',
    KEYS,
  ],
];

for (const [what, ddl, parameters] of MAPPABLE) {
  test(`a table with ${what} can be mapped`, async () => {
    const file = await mappedFile(ddl);
    assert.equal((await file.openTable('t', parameters)).manifest.layout, 'mapped');
  });
}

const UNMAPPABLE: readonly [string, string, MappedParameters, RegExp][] = [
  [
    'a column that it lacks',
    `create table t (${AB}, primary key (a, b))`,
    { ...KEYS, version: 'c' },
    /column c; it has a, b/,
  ],
  [
    'a type for a column that it lacks',
    `create table t (${AB}, primary key (a, b))`,
    { ...KEYS, types: 'c:int32' },
    /column c/,
  ],
  ['a key that may be NULL', 'create table t (a TEXT, b TEXT, primary key (a, b))', KEYS, /a may be NULL/],
  [
    'a descending rowid that may be NULL',
    'create table t (id INTEGER PRIMARY KEY DESC)',
    ID,
    /id may be NULL/,
  ],
  ['a key without an index', `create table t (${AB}); create index i on t (a, b)`, KEYS, /no unique index/],
  [
    'a unique index on more than the key',
    `create table t (${AB}, c, unique (a, b, c))`,
    KEYS,
    /no unique index/,
  ],
  [
    'a partial index',
    `create table t (${AB}, c); create index o on t (a, b); create unique index i on t (a, b) where c`,
    KEYS,
    /no unique index/,
  ],
  [
    'an index on expressions',
    `create table t (${AB}); create unique index i on t (lower(a), b)`,
    KEYS,
    /no index that sorts/,
  ],
  ['an index in another order', `create table t (${AB}, unique (b, a))`, KEYS, /no index that sorts/],
  [
    'an index that sorts both ways',
    `create table t (${AB}); create unique index i on t (a, b desc)`,
    KEYS,
    /no index that sorts/,
  ],
  [
    'keys that ignore case',
    'create table t (a TEXT NOT NULL COLLATE NOCASE, b TEXT NOT NULL, unique (a, b))',
    KEYS,
    /collation NOCASE/,
  ],
  [
    'keys that ignore case, under an index that does not',
    'create table t (id TEXT NOT NULL COLLATE NOCASE); create unique index i on t (id COLLATE BINARY)',
    ID,
    /collation NOCASE/,
  ],
  ['a key of real numbers', 'create table t (id REAL NOT NULL UNIQUE)', ID, /declared REAL/],
  ['a key without a type', 'create table t (id PRIMARY KEY NOT NULL)', ID, /without a type/],
  [
    'a type of a generated column',
    'create table t (id INTEGER PRIMARY KEY, g AS (id))',
    { ...ID, types: 'g:int32' },
    /generated/,
  ],
  ['a generated key', 'create table t (x, id TEXT NOT NULL AS (x) STORED UNIQUE)', ID, /generated/],
  [
    'a version that is no integer',
    'create table t (id INTEGER PRIMARY KEY, v TEXT)',
    { ...ID, version: 'v' },
    /versions are INTEGER/,
  ],
  [
    'a type that the column cannot hold',
    'create table t (id INTEGER PRIMARY KEY, v TEXT)',
    { ...ID, types: 'v:int32' },
    /TEXT cannot hold/,
  ],
  [
    'a column with a reserved name',
    'create table t (id INTEGER PRIMARY KEY, _changeover_x)',
    ID,
    /_changeover_x/,
  ],
  ['a column that no object can have', 'create table t (id INTEGER PRIMARY KEY, __proto__)', ID, /__proto__/],
  ['a view', 'create view t as select 1 as id', ID, /is a view/],
  ['a virtual table', 'create virtual table t using fts5(id)', ID, /is a virtual/],
  ['text in UTF-16', "pragma encoding = 'UTF-16'; create table t (id TEXT NOT NULL UNIQUE)", ID, /UTF-16/],
];

for (const [what, ddl, parameters, message] of UNMAPPABLE) {
  test(`a mapping of ${what} is refused with the reason`, async () => {
    const file = await mappedFile(ddl);
    await expect(file.openTable('t', parameters)).rejects.toMatchObject({
      code: 'TABLE_MAPPING_INVALID',
      effect: 'none',
      message: expect.stringMatching(message),
    });
  });
}

test("a table of Changeover's own layout cannot be mapped", async () => {
  const file = await mappedFile('create table t (id INTEGER PRIMARY KEY)');
  const store = await file.openStore({ table: 't', parameters: ID });
  await store.create('_changeover_x', { reserved: true });
  const parameters = { partitionKey: 'partition_key', rowKey: 'row_key' };
  await expect(file.openTable('_changeover_x', parameters)).rejects.toMatchObject({
    code: 'TABLE_MAPPING_INVALID',
  });
});

test('the manifest says what each column holds, and whether it may be absent', async () => {
  const file = await mappedFile(
    `create table t (id INTEGER PRIMARY KEY, i INT NOT NULL, r REAL, s TEXT, b BLOB, n NUMERIC, a, f BOOLEAN, v INT,
      g INT AS (i + 1))`,
  );
  const { manifest } = await file.openTable('t', { ...ID, version: 'v', types: 'f:boolean' });
  assert.deepEqual(
    manifest.columns?.map(({ name, type, required }) => [name, type, required]),
    [
      ['i', 'int64', true],
      ['r', 'double', false],
      ['s', 'string', false],
      ['b', 'binary', false],
      ['n', undefined, false],
      ['a', undefined, false],
      ['f', 'boolean', false],
    ],
  );
});
