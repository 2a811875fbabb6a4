import { MemoryStore, type RowData, type Value } from 'changeover/table';
import { describe, expect, test } from 'vitest';

const KEY = { partitionKey: 'p', rowKey: 'r' };

describe('the memory store', () => {
  test('never repeats a version, not even in a table that was dropped and made anew', async () => {
    const store = new MemoryStore();
    const first = await insertInto(store);
    await store.drop('t');
    expect(await insertInto(store)).not.toBe(first);
  });

  test('never repeats a change token, not even of a table that was dropped and made anew', async () => {
    const store = new MemoryStore();
    await insertInto(store);
    const { changeToken } = await (await store.open('t')).describe();
    await store.drop('t');
    await insertInto(store);
    expect((await (await store.open('t')).describe()).changeToken).not.toBe(changeToken);
  });

  test('is told from another by its name', () => {
    expect(new MemoryStore({ name: 'a' }).identity).not.toBe(new MemoryStore({ name: 'b' }).identity);
  });

  test('shows the same rows in a read-only view, and those that are written later', async () => {
    const store = new MemoryStore();
    const view = store.readOnlyView();
    await insertInto(store);
    expect(await (await view.open('t')).get(KEY)).toMatchObject(KEY);
    await expect(view.drop('t')).rejects.toMatchObject({ code: 'TABLE_READ_ONLY' });
  });

  test('scans a hundred thousand rows in pages well within its time', { timeout: 10_000 }, async () => {
    const store = new MemoryStore();
    await store.create('t');
    const table = await store.open('t');
    await table.load(Array.from({ length: 100_000 }, (_, index) => rowAt(index)));
    let count = 0;
    let page = await table.scan({ lazy: true });
    for (; page.continuation; page = await table.scan({ lazy: true, after: page.continuation })) {
      count += page.rows.length;
    }
    expect(count + page.rows.length).toBe(100_000);
  });
});

describe('a memory table', () => {
  test('shares nothing with a caller who changes what a read gave', async () => {
    const store = new MemoryStore();
    await insertInto(store, { bytes: { type: 'binary', value: new Uint8Array([1]) } });
    const table = await store.open('t');
    const given = (await table.get(KEY))?.properties['bytes']?.value as Uint8Array;
    given.fill(9);
    expect(await table.get(KEY)).toMatchObject({ properties: { bytes: { value: new Uint8Array([1]) } } });
  });

  test.each([
    ['has no column', { other: text('a') }],
    ['is string, which its int32 column would change', { count: text('5'), name: text('a') }],
    ['is absent, but its column is required', { count: { type: 'int32', value: 5 } as Value }],
  ])('with fixed columns refuses a property that %s', async (reason, properties) => {
    const columns = [
      { name: 'name', type: 'string', required: true },
      { name: 'count', type: 'int32', required: false },
    ] as const;
    const store = new MemoryStore({ manifest: { layout: 'mapped', columns } });
    await store.create('t');
    const table = await store.open('t');
    expect(table.problemOf({ ...KEY, properties })).toMatchObject({ reason });
  });
});

async function insertInto(store: MemoryStore, properties: RowData['properties'] = {}) {
  await store.create('t');
  const table = await store.open('t');
  const [result] = await table.write([{ ...KEY, properties, kind: 'insert' }]);
  return result?.version;
}

function rowAt(index: number): RowData {
  const rowKey = String(index).padStart(6, '0');
  return { partitionKey: 'p', rowKey, properties: { text: text(rowKey) } };
}

function text(value: string): Value {
  return { type: 'string', value };
}
