import assert from 'node:assert/strict';
import { rename, rm, symlink } from 'node:fs/promises';
import { VirtualClock } from 'changeover/std';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { SqliteConnection } from '../../src/sqlite/sqlite-connection.ts';
import { newPath, readSql, runSql } from './own-files.ts';
import { holdWriteLock } from './own-subject.ts';

const BUSY = { code: 'TABLE_THROTTLED', effect: 'none' };

test('work that fails is rolled back', async () => {
  const { connection, path } = await newDatabase();
  const work = connection.write((db) => {
    db.exec('insert into numbers values (1)');
    throw new Error('not today');
  });
  await assert.rejects(work, { message: 'not today' });
  assert.equal(readSql(path, 'select count(*) from numbers'), 0);
});

test('reads of one transaction are of one instant', async () => {
  const { connection, path } = await newDatabase();
  const counts = await connection.read((db) => {
    const count = db.prepare('select count(*) from numbers').pluck();
    const before = count.get();
    runSql(path, 'insert into numbers values (1)');
    return [before, count.get()];
  });
  assert.deepEqual(counts, [0n, 0n]);
});

test('a write waits for the lock of another, and then goes on', async () => {
  const { connection, path } = await newDatabase();
  const lock = holdWriteLock(path);
  const writing = connection.write((db) => db.exec('insert into numbers values (1)'));
  await lock.lift();
  await writing;
  assert.equal(readSql(path, 'select count(*) from numbers'), 1);
});

test('a write gives up on a lock when its time is over, without effect', async () => {
  const clock = new VirtualClock();
  const { connection, path } = await newDatabase({ clock, busyTimeoutMs: 1000 });
  const lock = holdWriteLock(path);
  const writing = connection.write((db) => db.exec('insert into numbers values (1)'));
  const refused = assert.rejects(writing, BUSY);
  await clock.advance(1000);
  await refused;
  await lock.lift();
  assert.equal(readSql(path, 'select count(*) from numbers'), 0);
});

test('waiting for a lock leaves the process free to do other work', async () => {
  const { connection, path } = await newDatabase({ busyTimeoutMs: 100 });
  const lock = holdWriteLock(path);
  let turns = 0;
  const working = setInterval(() => (turns += 1), 1);
  await assert.rejects(
    connection.write(() => undefined),
    BUSY,
  );
  clearInterval(working);
  await lock.lift();
  expect(turns).toBeGreaterThan(2);
});

test('waiting for a lock ends when the signal aborts', async () => {
  const { connection, path } = await newDatabase();
  const lock = holdWriteLock(path);
  const controller = new AbortController();
  const writing = connection.write(() => undefined, { signal: controller.signal });
  controller.abort();
  await assert.rejects(writing, { code: 'TABLE_ABORTED', effect: 'none' });
  await lock.lift();
});

test('opening waits for a lock, too', async () => {
  const { path } = await newDatabase({ wal: false });
  const lock = holdWriteLock(path, 'exclusive');
  const opening = SqliteConnection.open({ path, mode: 'write', clock: systemClock });
  await lock.lift();
  (await opening).close();
});

test('statements are kept, but not without end', async () => {
  const { connection } = await newDatabase();
  const first = connection.statement('select 0');
  assert.equal(connection.statement('select 0'), first);
  for (let text = 1; text <= 1000; text += 1) connection.statement(`select ${text}`);
  assert.notEqual(connection.statement('select 0'), first);
});

test('a closed connection says so', async () => {
  const { connection } = await newDatabase();
  connection.close();
  await assert.rejects(
    connection.read(() => 1),
    { code: 'TABLE_CLOSED', effect: 'none' },
  );
});

test('nothing is written to a file that was deleted', async () => {
  const { connection, path } = await newDatabase();
  await rm(path);
  await assert.rejects(
    connection.write((db) => db.exec('insert into numbers values (1)')),
    { code: 'TABLE_UNAVAILABLE', effect: 'none' },
  );
});

test('nothing is read from a file that another one took the place of', async () => {
  const { connection, path } = await newDatabase();
  runSql(`${path}.new`, 'create table numbers (n)');
  await rename(`${path}.new`, path);
  await assert.rejects(
    connection.read(() => 1),
    { code: 'TABLE_UNAVAILABLE', effect: 'none' },
  );
});

test('a file that cannot be looked at any more is an outage', async () => {
  const { connection, path } = await newDatabase();
  await rm(path);
  await symlink(path, path);
  await assert.rejects(
    connection.read(() => 1),
    { code: 'TABLE_UNAVAILABLE', effect: 'none', message: /ELOOP/ },
  );
});

test('where there can be no log, commits still wait for the disk', async () => {
  const connection = new SqliteConnection({ path: ':memory:', mode: 'create', clock: systemClock });
  await connection.logAhead('normal');
  const full = 2n;
  assert.equal(await connection.read((db) => db.pragma('synchronous', { simple: true })), full);
  connection.close();
});

async function newDatabase(options: { clock?: VirtualClock; busyTimeoutMs?: number; wal?: boolean } = {}) {
  const path = await newPath();
  const { wal = true, ...others } = options;
  const connection = new SqliteConnection({ path, mode: 'create', clock: systemClock, ...others });
  onTestFinished(() => connection.close());
  if (wal) await connection.logAhead('normal');
  await connection.write((db) => db.exec('create table numbers (n)'));
  return { connection, path };
}
