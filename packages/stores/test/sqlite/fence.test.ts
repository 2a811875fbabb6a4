import assert from 'node:assert/strict';
import { raiseFence, readFence } from 'changeover/fence';
import { describe, test } from 'vitest';
import { assertPausedWriterIsRefused } from '../fence/paused-writer.ts';
import { mappedFile } from './mapped-fixture.ts';
import { newPath, openStore, readSql, textRow } from './own-files.ts';

const LIMIT_MS = 120_000;
const DDL = 'create table orders (pk TEXT NOT NULL, rk TEXT NOT NULL, text TEXT, primary key (pk, rk))';
const MAPPING = { partitionKey: 'pk', rowKey: 'rk' };

describe('a process that was paused while another took over is refused when it wakes, and nothing of it lands', () => {
  test('in our own layout', { timeout: LIMIT_MS }, async () => {
    const path = await newPath();
    await (await openStore(path)).create('orders');
    await assertPausedWriterIsRefused(`sqlite:${path}#orders`);
  });

  test("in an application's table", { timeout: LIMIT_MS }, async () => {
    const { path } = await mappedFile(DDL);
    await assertPausedWriterIsRefused(`sqlite:${path}?partitionKey=pk&rowKey=rk#orders`);
  });
});

test("a fence of an application's table lies beside it, in the same file, and reading it makes nothing", async () => {
  const { path, openStore: openMapped } = await mappedFile(DDL);
  const store = await openMapped({ table: 'orders', parameters: MAPPING });
  const tables = 'select group_concat(name) from (select name from sqlite_schema order by name)';
  const before = readSql(path, tables);
  assert.equal(await readFence(store, 'owner'), 0);
  assert.equal(readSql(path, tables), before);
  const fence = await raiseFence(store, 'owner');
  const table = await store.open('orders');
  await table.load([textRow('p', 'r')], { fences: [fence] });
  assert.equal(readSql(path, 'select properties from _changeover_fences'), '{"epoch":{"l":"1"}}');
  assert.equal(readSql(path, 'select text from orders'), 'r');
});

test('both layouts of one file stand behind the same fences', async () => {
  const { path, openStore: openMapped } = await mappedFile(DDL);
  const mapped = await openMapped({ table: 'orders', parameters: MAPPING });
  const own = await openStore(path);
  await own.create('copies');
  const passed = await raiseFence(mapped, 'owner');
  await raiseFence(own, 'owner');
  for (const table of [await mapped.open('orders'), await own.open('copies')]) {
    await assert.rejects(table.load([textRow('p', 'r')], { fences: [passed] }), { code: 'TABLE_FENCED' });
  }
});
