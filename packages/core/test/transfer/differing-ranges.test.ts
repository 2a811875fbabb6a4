import { seededRandom } from 'changeover/std';
import { compareKeys, FaultyTable, MemoryStore, type RowData, type Table } from 'changeover/table';
import { differingRanges, type KeyRange } from 'changeover/transfer';
import { expect, test } from 'vitest';

const WHOLE: KeyRange = { after: undefined, through: undefined };
const ROWS = Array.from({ length: 20_000 }, (_, index) => rowAt(index));

function rowAt(index: number, text = 'same'): RowData {
  const rowKey = String(index).padStart(6, '0');
  return {
    partitionKey: `p${Math.floor(index / 3_000)}`,
    rowKey,
    properties: { text: { type: 'string', value: text } },
  };
}

async function tableOf(rows: readonly RowData[]): Promise<Table> {
  const store = new MemoryStore();
  await store.create('t');
  const table = await store.open('t');
  await table.load(rows);
  return table;
}

/** What a comparison found, and how many hashes it asked each side for. */
async function differing(source: readonly RowData[], target: readonly RowData[], range = WHOLE) {
  const [left, right] = [await tableOf(source), await tableOf(target)];
  let hashes = 0;
  const counted = new FaultyTable(left, (operation) => {
    hashes += operation === 'hashRange' ? 1 : 0;
    return undefined;
  });
  let equal = 0;
  const ranges: KeyRange[] = [];
  const { signal } = new AbortController();
  const onEqual = (rows: number) => {
    equal += rows;
  };
  for await (const part of differingRanges(counted, right, range, { signal, onEqual })) ranges.push(part);
  return { ranges, equal, hashes };
}

function isIn(row: RowData, { after, through }: KeyRange): boolean {
  return (!after || compareKeys(row, after) > 0) && (!through || compareKeys(row, through) <= 0);
}

test('Equal tables are told by one hash of each', async () => {
  expect(await differing(ROWS, ROWS)).toEqual({ ranges: [], equal: 20_000, hashes: 1 });
});

test('A lone difference is narrowed down to less than a page', async () => {
  const target = ROWS.with(12_345, rowAt(12_345, 'other'));
  const { ranges, equal, hashes } = await differing(ROWS, target);
  expect(ranges).toHaveLength(1);
  expect(isIn(rowAt(12_345), ranges[0] as KeyRange)).toBe(true);
  expect(equal).toBeGreaterThanOrEqual(19_000);
  expect(hashes).toBeLessThan(40);
});

test('Rows that only the target has are narrowed down as well', async () => {
  const { ranges, equal } = await differing(ROWS.slice(0, 100), ROWS);
  expect(ROWS.slice(100).every((row) => ranges.some((range) => isIn(row, range)))).toBe(true);
  expect(equal).toBeLessThanOrEqual(100);
});

test('A small range that differs is given as it is', async () => {
  const range = { after: rowAt(10), through: rowAt(400) };
  const { ranges, hashes } = await differing(ROWS, ROWS.toSpliced(200, 1), range);
  expect(ranges).toEqual([range]);
  expect(hashes).toBe(1);
});

test('What lies outside the range does not count', async () => {
  const range = { after: rowAt(10), through: rowAt(400) };
  expect(await differing(ROWS, ROWS.toSpliced(10, 1).toSpliced(400, 1), range)).toMatchObject({ equal: 390 });
});

test('Every difference is in one of the ranges, and every row is counted once, wherever they are', async () => {
  const random = seededRandom(7);
  for (let round = 0; round < 5; round += 1) {
    const spoiled = new Set(Array.from({ length: 1 + round * 3 }, () => Math.floor(random() * ROWS.length)));
    const target = ROWS.map((row, index) => (spoiled.has(index) ? rowAt(index, 'other') : row));
    const { ranges, equal } = await differing(ROWS, target);
    const inRanges = ROWS.filter((row) => ranges.some((range) => isIn(row, range)));
    for (const index of spoiled) expect(inRanges).toContain(ROWS[index]);
    expect(equal + inRanges.length).toBe(ROWS.length);
  }
});
