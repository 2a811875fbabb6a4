import { setImmediate as nextTurn } from 'node:timers/promises';
import { MemoryStore, type RowData, type Table } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { mappedFile } from './mapped-fixture.ts';
import { newPath, openStore, runSql } from './own-files.ts';

/** What every layout can hold, awkward texts included. */
const ROWS: readonly RowData[] = ['', 'a', 'nul\0inside', 'ä', '数', '😀', '"\\'].map((text, index) => ({
  partitionKey: `p${index % 2}`,
  rowKey: text,
  properties: {
    text: { type: 'string', value: text },
    ratio: { type: 'double', value: index / 3 - 1 },
    count: { type: 'int64', value: 2n ** 53n + BigInt(index) },
    bytes: { type: 'binary', value: Uint8Array.from([index, 255]) },
  },
}));

async function memoryTable(): Promise<Table> {
  const store = new MemoryStore();
  await store.create('t');
  return store.open('t');
}

async function ownTable(path: string): Promise<Table> {
  const store = await openStore(path);
  await store.create('t');
  return store.open('t');
}

async function mappedTable(): Promise<Table> {
  const file = await mappedFile(
    'create table t (pk TEXT NOT NULL, rk TEXT NOT NULL, bytes BLOB, count INTEGER, ratio REAL, text TEXT, primary key (pk, rk))',
  );
  return file.openTable('t', { partitionKey: 'pk', rowKey: 'rk' });
}

describe('The hash of a range is that of the same rows in memory', () => {
  test.each([
    ['in our own layout', async () => ownTable(await newPath())],
    ['in a table of an application', mappedTable],
    [
      'in a file whose text is UTF-16',
      async () => {
        const path = await newPath();
        runSql(path, `pragma encoding = 'UTF-16le'; create table other (a)`);
        return ownTable(path);
      },
    ],
  ])('%s', async (_, open) => {
    const [memory, table] = [await memoryTable(), await open()];
    await memory.load(ROWS);
    await table.load(ROWS);
    expect(await table.hashRange()).toEqual(await memory.hashRange());
  });
});

test('Hashing a long range lets others work in between', async () => {
  const table = await ownTable(await newPath());
  const rows = Array.from({ length: 10_000 }, (_, index) => ({
    partitionKey: 'p',
    rowKey: String(index),
    properties: {},
  }));
  await table.load(rows);
  let done = false;
  let turns = 0;
  const hashing = table.hashRange().finally(() => {
    done = true;
  });
  for (; !done; turns += 1) await nextTurn();
  expect((await hashing).rows).toBe(10_000);
  // A hash in one go would be done when the first turn comes.
  expect(turns).toBeGreaterThan(1);
});

test('A hash that is aborted stops between two parts', async () => {
  const table = await ownTable(await newPath());
  await table.load(
    Array.from({ length: 1_000 }, (_, index) => ({
      partitionKey: 'p',
      rowKey: String(index),
      properties: {},
    })),
  );
  const stop = new AbortController();
  const hashing = table.hashRange({ signal: stop.signal });
  stop.abort();
  await expect(hashing).rejects.toMatchObject({ code: 'TABLE_ABORTED', effect: 'none' });
});
