import { type Fault, FaultyTable, MemoryStore, type Table, type TableOperation } from 'changeover/table';
import { describe, expect, test } from 'vitest';

const KEY = { partitionKey: 'p', rowKey: 'r' };

describe('a faulty table', () => {
  test.each<[Fault, string, string, boolean]>([
    ['lostRequest', 'TABLE_TIMEOUT', 'unknown', false],
    ['lostReply', 'TABLE_TIMEOUT', 'unknown', true],
    ['throttled', 'TABLE_THROTTLED', 'none', false],
    ['unavailable', 'TABLE_UNAVAILABLE', 'unknown', false],
  ])('whose write meets %s gives %s, effect %s, applied: %s', async (fault, code, effect, applied) => {
    const inner = await memoryTable();
    const faulty = new FaultyTable(inner, () => fault);
    await expect(write(faulty)).rejects.toMatchObject({ code, effect });
    expect((await inner.get(KEY)) !== undefined).toBe(applied);
  });

  test.each<Fault>(['lostRequest', 'lostReply', 'throttled', 'unavailable'])(
    'whose read meets %s fails without effect',
    async (fault) => {
      const faulty = new FaultyTable(await memoryTable(), () => fault);
      await expect(faulty.get(KEY)).rejects.toMatchObject({ effect: 'none' });
    },
  );

  test('asks its script about every operation, in order', async () => {
    const asked: [TableOperation, number][] = [];
    const faulty = new FaultyTable(await memoryTable(), (operation, index) => {
      asked.push([operation, index]);
      return undefined;
    });
    await write(faulty);
    await faulty.scan();
    await faulty.query('p');
    expect(asked).toEqual([
      ['write', 0],
      ['scan', 1],
      ['query', 2],
    ]);
  });

  test('loses the reply of a write that was refused, too', async () => {
    const faulty = new FaultyTable(await memoryTable(), (_, index) =>
      index === 1 ? 'lostReply' : undefined,
    );
    await write(faulty);
    await expect(write(faulty)).rejects.toMatchObject({ code: 'TABLE_TIMEOUT', effect: 'unknown' });
  });
});

async function memoryTable(): Promise<Table> {
  const store = new MemoryStore();
  await store.create('t');
  return store.open('t');
}

function write(table: Table): Promise<unknown> {
  return table.write([{ ...KEY, properties: {}, kind: 'insert' }]);
}
