import { type PartitionRange, partitionsIn } from 'changeover/live';
import { compareText, MemoryStore, type Table } from 'changeover/table';
import fc from 'fast-check';
import { expect, test } from 'vitest';

async function tableOf(partitions: ReadonlyMap<string, readonly string[]>): Promise<Table> {
  const store = new MemoryStore();
  await store.create('t');
  const table = await store.open('t', { reserved: true });
  for (const [partitionKey, rowKeys] of partitions) {
    await table.load(rowKeys.map((rowKey) => ({ partitionKey, rowKey, properties: {} })));
  }
  return table;
}

async function listed(table: Table, range: PartitionRange = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const partitionKey of partitionsIn(table, range)) found.push(partitionKey);
  return found;
}

/** How often a table was scanned since this was asked for. */
function counting(inner: Table): { readonly table: Table; scans(): number } {
  let scans = 0;
  const table = new Proxy(inner, {
    get(_, name) {
      const value: unknown = Reflect.get(inner, name, inner);
      if (name === 'scan') scans += 1;
      return typeof value === 'function' ? value.bind(inner) : value;
    },
  });
  return { table, scans: () => scans };
}

const key = fc.constantFrom('', 'a', 'b', '\u{10FFFF}', '\u{10FFFF}\u{10FFFF}', '_changeover.meta', 'z');

test('Partitions are listed each once and in order, whatever their rows are called', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(key, fc.uniqueArray(key, { minLength: 1 })),
      fc.option(key, { nil: undefined }),
      fc.option(key, { nil: undefined }),
      async (rows, from, through) => {
        const table = await tableOf(new Map(Object.entries(rows)));
        const expected = Object.keys(rows)
          .filter((name) => from === undefined || compareText(name, from) >= 0)
          .filter((name) => through === undefined || compareText(name, through) <= 0)
          .toSorted(compareText);
        const range = {
          ...(from === undefined ? {} : { from }),
          ...(through === undefined ? {} : { through }),
        };
        expect(await listed(table, range)).toEqual(expected);
      },
    ),
  );
});

const numbered = (count: number, prefix = '') =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(5, '0')}`);

test('A large partition is not read through', async () => {
  const rows = numbered(5_000);
  const { table, scans } = counting(await tableOf(new Map(numbered(20, 'p').map((name) => [name, rows]))));
  expect(await listed(table)).toHaveLength(20);
  expect(scans()).toBeLessThanOrEqual(22);
});

test('Many small partitions come many at a time', async () => {
  const { table, scans } = counting(
    await tableOf(new Map(numbered(5_000, 'p').map((name) => [name, ['r']]))),
  );
  expect(await listed(table)).toHaveLength(5_000);
  expect(scans()).toBeLessThan(15);
});

test('Partitions of a few rows come many at a time', async () => {
  const rows = ['r', '_changeover.fence.0', '_changeover.meta'];
  const { table, scans } = counting(await tableOf(new Map(numbered(2_000, 'p').map((name) => [name, rows]))));
  expect(await listed(table)).toHaveLength(2_000);
  expect(scans()).toBeLessThan(15);
});
