import assert from 'node:assert/strict';
import { chmod, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import type { RowData, Table } from 'changeover/table';
import { describe, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { SqliteTable } from '../../src/sqlite/index.ts';
import { SqliteConnection } from '../../src/sqlite/sqlite-connection.ts';
import { sqliteError } from '../../src/sqlite/sqlite-errors.ts';
import { createTable } from '../../src/sqlite/sqlite-own-tables.ts';
import { newPath, openStore, rowsOf, runSql, textRow } from './own-files.ts';
import { holdWriteLock } from './own-subject.ts';

interface Trouble {
  readonly name: string;
  /** Makes trouble for a table of ten rows, and says how to end it. */
  start(subject: Subject): Promise<(() => unknown) | undefined>;
  readonly code: string;
}

interface Subject {
  readonly path: string;
  readonly connection: SqliteConnection;
}

const BEFORE = rowsOf(['p'], 10);

/** Ways in which a write can fail before, while, and after it began. None of them may leave a part of it. */
const TROUBLES: readonly Trouble[] = [
  {
    name: 'another connection holds the write lock',
    start: async ({ path }) => holdWriteLock(path).lift,
    code: 'TABLE_THROTTLED',
  },
  {
    name: 'the disk is full',
    start: async ({ connection }) => {
      const limit = (pages: number) => connection.read((db) => db.pragma(`max_page_count = ${pages}`));
      await limit(12);
      return () => limit(1_000_000);
    },
    code: 'TABLE_FULL',
  },
  {
    name: 'the database refuses writes',
    start: async ({ connection }) => {
      const refuse = (on: boolean) => connection.read((db) => db.pragma(`query_only = ${on}`));
      await refuse(true);
      return () => refuse(false);
    },
    code: 'TABLE_READ_ONLY',
  },
  {
    name: 'the table was dropped by hand',
    start: async ({ path }) => {
      runSql(path, 'alter table orders rename to kept');
      return () => runSql(path, 'alter table kept rename to orders');
    },
    code: 'TABLE_NOT_FOUND',
  },
];

describe.each(TROUBLES)('when $name', ({ start, code }) => {
  test.each([
    ['a load', (table: Table) => table.load(bulk())],
    ['a batch', (table: Table) => table.write(bulk().map((row) => ({ kind: 'insert', ...row })))],
  ])(`%s fails with ${code}, has no effect, and can be repeated`, async (_, write) => {
    const subject = await newSubject();
    const table = new SqliteTable('orders', subject.connection, { readOnly: false });
    const stop = await start(subject);
    await assert.rejects(write(table), { code, effect: 'none' });
    await stop?.();
    assert.equal((await table.sampleKeys(1)).rows, BEFORE.length);
    await write(table);
    assert.equal((await table.sampleKeys(1)).rows, BEFORE.length + bulk().length);
  });
});

test('a file that is locked even for readers is an error, not an absence', async () => {
  const path = await newPath();
  runSql(path, 'create table application (a primary key)');
  const store = await openStore(path);
  await store.create('orders');
  const table = await store.open('orders');
  const lock = holdWriteLock(path, 'exclusive');
  await assert.rejects(table.get({ partitionKey: 'p', rowKey: 'r' }), {
    code: 'TABLE_THROTTLED',
    effect: 'none',
  });
  await assert.rejects(store.list(), { code: 'TABLE_THROTTLED', effect: 'none' });
  await lock.lift();
  assert.equal(await table.get({ partitionKey: 'p', rowKey: 'r' }), undefined);
});

test('a damaged page is an error, not an absence', async () => {
  const path = await newPath();
  const store = await openStore(path);
  await store.create('orders');
  await (await store.open('orders')).load(rowsOf(['p'], 5000));
  await store.close();
  await overwriteLastPage(path);
  const table = await (await openStore(path, 'read')).open('orders');
  await assert.rejects(table.scan(), { code: 'TABLE_CORRUPT', effect: 'none' });
});

test('a file cut short is an error, not an absence', async () => {
  const path = await newPath();
  await writeFile(path, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(84, 7)]));
  await assert.rejects(openStore(path, 'read'), { code: /TABLE_NOT_A_STORE|TABLE_CORRUPT/ });
});

test('properties that nobody of ours wrote are TABLE_CORRUPT', async () => {
  const path = await newPath();
  const store = await openStore(path);
  await store.create('orders');
  runSql(path, "insert into orders values ('p', 'r', 1, 'dear diary')");
  const table = await store.open('orders');
  await assert.rejects(table.get({ partitionKey: 'p', rowKey: 'r' }), { code: 'TABLE_CORRUPT' });
  await assert.rejects(table.scan(), { code: 'TABLE_CORRUPT' });
});

describe.skipIf(process.getuid?.() === 0)('permissions, which do not bind root', () => {
  test.each([
    [0o000, 'read', 'TABLE_PERMISSION_DENIED'],
    [0o000, 'write', 'TABLE_PERMISSION_DENIED'],
  ] as const)('a file with mode %o is not opened to %s', async (permissions, mode, code) => {
    const path = await newPath();
    runSql(path, 'create table t (a primary key)');
    await chmod(path, permissions);
    await assert.rejects(openStore(path, mode), { code });
  });

  test.each([
    ['file', 'test.db', 0o444],
    ['directory', '.', 0o555],
  ])('a %s that may not be written is refused when it is opened to write', async (_, name, permissions) => {
    const path = await newPath();
    runSql(path, 'create table t (a primary key)');
    const closed = join(dirname(path), name);
    await chmod(closed, permissions);
    onTestFinished(() => chmod(closed, 0o755));
    await assert.rejects(openStore(path), { code: 'TABLE_PERMISSION_DENIED', effect: 'none' });
  });
});

describe('a signal of SQLite', () => {
  test.each([
    ['SQLITE_BUSY_SNAPSHOT', 'TABLE_THROTTLED'],
    ['SQLITE_READONLY', 'TABLE_READ_ONLY'],
    ['SQLITE_READONLY_ROLLBACK', 'TABLE_UNAVAILABLE'],
    ['SQLITE_READONLY_DIRECTORY', 'TABLE_PERMISSION_DENIED'],
    ['SQLITE_CORRUPT_INDEX', 'TABLE_CORRUPT'],
    ['SQLITE_IOERR_WRITE', 'TABLE_UNAVAILABLE'],
    ['SQLITE_IOERR_SHMSIZE', 'TABLE_FULL'],
    ['SQLITE_NOT_INVENTED_YET', 'TABLE_UNAVAILABLE'],
  ])('%s is %s, and its effect what the caller knows', (signal, code) => {
    const cause = new Database.SqliteError('no', signal);
    for (const effect of ['none', 'unknown'] as const) {
      const error = sqliteError(cause, 'x.db', effect) as Error & { code: string; effect: string };
      assert.deepEqual([error.code, error.effect, error.cause], [code, effect, cause]);
    }
  });

  test('is all that is translated: a defect stays one', () => {
    const defect = new TypeError('undefined is not a function');
    assert.equal(sqliteError(defect, 'x.db', 'none'), defect);
  });
});

/** Enough that a part of it would fit where all of it does not. */
function bulk(): readonly RowData[] {
  return Array.from({ length: 200 }, (_, index) => textRow('q', String(index), 'x'.repeat(1000)));
}

async function newSubject(): Promise<Subject> {
  const path = await newPath();
  const connection = new SqliteConnection({ path, mode: 'create', busyTimeoutMs: 50, clock: systemClock });
  onTestFinished(() => connection.close());
  await connection.logAhead('normal');
  await connection.write(() => createTable(connection, 'orders'));
  await new SqliteTable('orders', connection, { readOnly: false }).load(BEFORE);
  return { path, connection };
}

async function overwriteLastPage(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(4096, 0xa5), 0, 4096, size - 4096);
  await file.close();
}
