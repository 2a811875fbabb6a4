import { partitionsOf, type Sides } from 'changeover/live';
import type { RowData, RowKey, Table } from 'changeover/table';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keys } from '../table/arbitraries.ts';
import { emptySides } from './validate-fixture.ts';

const PAGE_ROWS = 10;

/** Two tables that give pages of so many rows. */
async function sidesOf(rows: { source?: readonly RowKey[]; target?: readonly RowKey[] }, pageRows: number) {
  const sides = await emptySides({ scan: { pageRows, nativeOrder: 'utf8' } });
  const data = (each: RowKey): RowData => ({ ...each, properties: {} });
  await sides.source.load(rows.source?.map(data) ?? []);
  await sides.target.load(rows.target?.map(data) ?? []);
  return sides;
}

/** The same sides; `count` rises with every scan of either. */
function counted({ source, target }: Sides): { sides: Sides; scans: () => number } {
  let count = 0;
  const watch = (table: Table): Table =>
    new Proxy(table, {
      get: (_, name) => {
        if (name === 'scan') count += 1;
        const value: unknown = Reflect.get(table, name, table);
        return typeof value === 'function' ? value.bind(table) : value;
      },
    });
  return { sides: { source: watch(source), target: watch(target) }, scans: () => count };
}

async function listed(sides: Sides, range: { from?: string; through?: string } = {}): Promise<Set<string>> {
  const found = new Set<string>();
  for await (const partitionKey of partitionsOf(sides, range)) found.add(partitionKey);
  return found;
}

/** `count` partitions of `rows` rows. */
function partitions(count: number, rows: number): RowKey[] {
  return Array.from({ length: count * rows }, (_, index) => ({
    partitionKey: `p${Math.floor(index / rows)}`,
    rowKey: `r${index % rows}`,
  }));
}

describe('the partitions of two sides', () => {
  test('are those of all rows, whatever their keys and however short the pages', async () => {
    // Few partition keys, so that many rows share one.
    const some = fc.array(fc.tuple(keys(), fc.constantFrom('', 'a', 'b\0', '\u{10ffff}', undefined)), {
      maxLength: 20,
    });
    const rows = some.map((all) =>
      all.map(([key, shared]) => ({ ...key, partitionKey: shared ?? key.partitionKey })),
    );
    await fc.assert(
      fc.asyncProperty(rows, rows, fc.integer({ min: 1, max: 4 }), async (source, target, pageRows) => {
        const sides = await sidesOf({ source, target }, pageRows);
        expect(await listed(sides)).toEqual(new Set([...source, ...target].map((key) => key.partitionKey)));
      }),
    );
  });

  test('cost one request each if they are longer than a page', async () => {
    const { sides, scans } = counted(await sidesOf({ source: partitions(25, 12 * PAGE_ROWS) }, PAGE_ROWS));
    expect((await listed(sides)).size).toBe(25);
    expect(scans()).toBeLessThanOrEqual(25 + 2);
  });

  test('cost no more requests than there are pages if they are of one row', async () => {
    const { sides, scans } = counted(await sidesOf({ source: partitions(250, 1) }, PAGE_ROWS));
    expect((await listed(sides)).size).toBe(250);
    expect(scans()).toBeLessThanOrEqual(250 / PAGE_ROWS + 2);
  });

  test('are those of a range, also when it begins within a long one', async () => {
    const sides = await sidesOf({ source: partitions(9, 3 * PAGE_ROWS) }, PAGE_ROWS);
    expect([...(await listed(sides, { from: 'p3', through: 'p5' }))]).toEqual(['p3', 'p4', 'p5']);
  });

  test('have one that holds nothing but rows of ours', async () => {
    const target = [{ partitionKey: 'ours', rowKey: '_changeover.meta' }];
    expect(await listed(await sidesOf({ target }, PAGE_ROWS))).toEqual(new Set(['ours']));
  });
});
