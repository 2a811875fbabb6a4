import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { SqliteConnection } from '../../src/sqlite/sqlite-connection.ts';
import { newPath, runSql } from './own-files.ts';

test('A flow of reads that never waits lets the event loop turn, so that signals and timers are heard', async () => {
  const path = await newPath();
  runSql(path, 'create table numbers (n)');
  const options = { path, mode: 'read', wal: false, durability: 'normal', clock: systemClock } as const;
  const connection = new SqliteConnection(options);
  onTestFinished(() => connection.close());
  let heard = false;
  setTimeout(() => (heard = true), 1);
  const limit = Date.now() + 5_000;
  while (!heard && Date.now() < limit) await connection.read((db) => db.prepare('select 1').get());
  expect(heard).toBe(true);
});
