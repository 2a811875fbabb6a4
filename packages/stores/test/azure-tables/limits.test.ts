import { isOperationalError } from 'changeover/std';
import type { Properties, RowData, Table, Value, Write } from 'changeover/table';
import { afterAll, expect, test } from 'vitest';
import { openTable } from './fixture.ts';
import { startAzurite } from './test-server.ts';

const KIB = 1024;

const azurite = await startAzurite();
afterAll(() => azurite.close());

const text = (value: string): Value => ({ type: 'string', value });
const row = (properties: Properties, rowKey = 'r', partitionKey = 'p'): RowData => ({
  partitionKey,
  rowKey,
  properties,
});
const insert = (data: RowData): Write => ({ kind: 'insert', ...data });
const named = (count: number, value: Value): Properties =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, value]));

/** The code and effect of a refusal, and that nothing was sent. */
async function refusalOf(work: (table: Table) => Promise<unknown>): Promise<string> {
  const { table, proxy } = await openTable(azurite);
  const before = proxy.asked.length;
  try {
    await work(table);
  } catch (error) {
    if (!isOperationalError(error)) throw error;
    return `${error.code} ${error.effect}, ${proxy.asked.length - before} requests`;
  }
  return 'taken';
}

const refused = (code: string) => `${code} none, 0 requests`;

test('a row takes 252 properties, and no more', async () => {
  expect(await refusalOf((table) => table.write([insert(row(named(252, text('a'))))]))).toBe('taken');
  expect(await refusalOf((table) => table.write([insert(row(named(253, text('a'))))]))).toBe(
    refused('TABLE_TOO_LARGE'),
  );
});

test('a row takes 1 MiB as the service counts it, in which a character has two bytes', async () => {
  // Each of them has 8 bytes, two characters of name, a length of 4, and its text.
  const characters = (32 * KIB - 16) / 2;
  const fits = named(9, text('x'.repeat(characters * 2)));
  expect(await refusalOf((table) => table.write([insert(row(fits))]))).toBe('taken');
  const large = named(17, text('x'.repeat(32 * KIB)));
  expect(await refusalOf((table) => table.write([insert(row(large))]))).toBe(refused('TABLE_TOO_LARGE'));
});

test('a text takes 64 KiB of UTF-16, and no more', async () => {
  const most = 'x'.repeat(32 * KIB);
  expect(await refusalOf((table) => table.write([insert(row({ a: text(most) }))]))).toBe('taken');
  expect(await refusalOf((table) => table.write([insert(row({ a: text(`${most}x`) }))]))).toBe(
    refused('TABLE_VALUE_UNSUPPORTED'),
  );
});

test('binary takes 64 KiB, and no more', async () => {
  const binary = (length: number): Value => ({ type: 'binary', value: new Uint8Array(length) });
  expect(await refusalOf((table) => table.load([row({ a: binary(64 * KIB) })]))).toBe('taken');
  expect(await refusalOf((table) => table.load([row({ a: binary(64 * KIB + 1) })]))).toBe(
    refused('TABLE_VALUE_UNSUPPORTED'),
  );
});

test('a batch takes 100 writes, and no more', async () => {
  const batch = (count: number) => Array.from({ length: count }, (_, index) => insert(row({}, `r${index}`)));
  expect(await refusalOf((table) => table.write(batch(100)))).toBe('taken');
  expect(await refusalOf((table) => table.write(batch(101)))).toBe(refused('TABLE_TOO_LARGE'));
});

test('a batch takes 4 MiB on its way, however few its rows have by themselves', async () => {
  // Each control character takes six bytes in JSON.
  const value = text('\u0001'.repeat(30 * KIB));
  const batch = Array.from({ length: 25 }, (_, index) => insert(row({ a: value }, `r${index}`)));
  expect(await refusalOf((table) => table.write(batch))).toBe(refused('TABLE_TOO_LARGE'));
});

test('a load of more than that goes in several transactions', async () => {
  const value = text('\u0001'.repeat(30 * KIB));
  const rows = Array.from({ length: 25 }, (_, index) =>
    row({ a: value }, `r${String(index).padStart(2, '0')}`),
  );
  const { table, proxy } = await openTable(azurite);
  await table.load(rows);
  expect((await table.query('p', { select: [] })).length).toBe(25);
  expect(
    proxy.asked.filter(({ method }) => method === 'POST').every(({ body }) => body.length <= 4 * KIB * KIB),
  ).toBe(true);
});

test.each(['/', '\\', '#', '?', '\t', '\u007f', '\u0085', '\u0000'])('a key has no %j', async (character) => {
  for (const key of [row({}, `a${character}`), row({}, 'r', `${character}b`)]) {
    expect(await refusalOf((table) => table.write([insert(key)]))).toBe(refused('TABLE_KEY_INVALID'));
    expect(await refusalOf((table) => table.load([key]))).toBe(refused('TABLE_KEY_INVALID'));
  }
});

test('a key takes 1 KiB of UTF-16, and no more', async () => {
  expect(await refusalOf((table) => table.write([insert(row({}, '日'.repeat(512)))]))).toBe('taken');
  expect(await refusalOf((table) => table.write([insert(row({}, 'k'.repeat(513)))]))).toBe(
    refused('TABLE_TOO_LARGE'),
  );
});

test.each(['with space', 'a-b', '1st', 'Timestamp', 'PartitionKey', 'n'.repeat(256)])(
  'no property is named %s',
  async (name) => {
    expect(await refusalOf((table) => table.write([insert(row({ [name]: text('a') }))]))).toBe(
      refused('TABLE_NAME_INVALID'),
    );
  },
);

test('a datetime is of 1601 or later', async () => {
  const at = (value: string): Properties => ({ at: { type: 'datetime', value } });
  expect(await refusalOf((table) => table.write([insert(row(at('1601-01-01T00:00:00.0000000Z')))]))).toBe(
    'taken',
  );
  expect(await refusalOf((table) => table.write([insert(row(at('1600-12-31T23:59:59.9999999Z')))]))).toBe(
    refused('TABLE_VALUE_UNSUPPORTED'),
  );
});

test('−0 is refused, since it would come back as 0', async () => {
  expect(await refusalOf((table) => table.write([insert(row({ a: { type: 'double', value: -0 } }))]))).toBe(
    refused('TABLE_VALUE_UNSUPPORTED'),
  );
});

test('no filter has more than 15 comparisons on its way', async () => {
  const { table, proxy } = await openTable(azurite);
  const rows = Array.from({ length: 40 }, (_, index) => row({ n: text(String(index)) }, `r${index}`));
  await table.load(rows);
  const operands = rows.slice(0, 30).map(({ properties: { n } }) => ({
    kind: 'comparison' as const,
    subject: { kind: 'property' as const, name: 'n' },
    operator: 'eq' as const,
    value: n as Value,
  }));
  for (const count of [2, 14, 15, 16, 30]) {
    const filter = { kind: 'or' as const, operands: operands.slice(0, count) };
    expect((await table.query('p', { filter })).length).toBe(count);
    expect((await table.scan({ filter })).rows.length).toBe(count);
  }
  const comparisons = proxy.asked.map(
    ({ url }) => decodeURIComponent(url).match(/ (eq|ne|gt|ge|lt|le) /g)?.length ?? 0,
  );
  expect(Math.max(...comparisons)).toBeGreaterThan(2);
  expect(Math.max(...comparisons)).toBeLessThanOrEqual(15);
});

test.each(['ab', '1abc', 'with-dash', 'a'.repeat(64), 'tables'])('no table is named %s', async (name) => {
  const { store } = await openTable(azurite);
  await expect(store.create(name)).rejects.toMatchObject({ code: 'TABLE_NAME_INVALID', effect: 'none' });
});

test('a table is found by the case of its name alone, though the service takes any', async () => {
  const { store, name } = await openTable(azurite);
  await expect(store.open(name.toUpperCase())).rejects.toMatchObject({
    code: 'TABLE_NOT_FOUND',
    hint: `Did you mean "${name}"?`,
  });
});
