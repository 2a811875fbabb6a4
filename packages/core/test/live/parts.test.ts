import { bring, MigratingTable, type Sides } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import type { Filter, Manifest, Table } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { emptySides, PARTITION, put, text } from './validate-fixture.ts';

/** An answer holds so many rows, the meta and the fence among them. */
const SMALL: Partial<Manifest> = {
  atomicQuery: { rows: 6, bytes: Number.POSITIVE_INFINITY },
  scan: { pageRows: 3, nativeOrder: 'utf8' },
  snapshotRead: false,
};
const RED: Filter = {
  kind: 'comparison',
  subject: { kind: 'property', name: 'text' },
  operator: 'eq',
  value: { type: 'string', value: 'red' },
};

function table(sides: Sides, keysAtOnce?: number): MigratingTable {
  const phase = { kind: 'managed', born: 'source', plan: 1 } as const;
  const keys = keysAtOnce === undefined ? {} : { keysAtOnce };
  return new MigratingTable({ sides, phase, clock: new VirtualClock(), ...keys });
}

/** Twelve rows, of which the application has deleted all but two, so that tombstones are most of what lies there. */
async function mostlyDeleted(manifest: Partial<Manifest>): Promise<Sides> {
  const sides = await emptySides(manifest);
  const names = 'abcdefghijkl'.split('');
  for (const name of names) await put(sides.source, name, text('red'));
  await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'turned' });
  const managed = table(sides);
  for (const name of names.slice(2)) {
    await managed.write([{ kind: 'delete', partitionKey: PARTITION, rowKey: name }]);
  }
  return sides;
}

/** The fence rows of the partition, with their versions. */
async function fencesOf(side: Table) {
  const rows = await side.scan({ limit: 100 });
  return rows.rows.filter(({ rowKey }) => rowKey.startsWith('_changeover.fence'));
}

async function failing(): Promise<never> {
  throw new Error('nothing is to be read in pages');
}

/** The same table, which does something before its nth scan. */
function beforeScan(inner: Table, nth: number, act: () => Promise<unknown>): Table {
  let scans = 0;
  return new Proxy(inner, {
    get(_, name) {
      const value: unknown = Reflect.get(inner, name, inner);
      if (typeof value !== 'function') return value;
      if (name !== 'scan') return value.bind(inner);
      return async (...args: unknown[]) => {
        scans += 1;
        if (scans === nth) await act();
        return value.apply(inner, args);
      };
    },
  });
}

describe('a partition whose tombstones are more than one answer holds', () => {
  test('is read all the same', async () => {
    const rows = await table(await mostlyDeleted(SMALL)).query(PARTITION);
    expect(rows.map(({ rowKey }) => rowKey)).toEqual(['a', 'b']);
  });

  test('is one larger answer of a store that can give it, and its fences are only checked', async () => {
    const sides = await mostlyDeleted({ ...SMALL, check: true, snapshotRead: true });
    const fences = await fencesOf(sides.target);
    await put(table(sides), 'a', text('blue'));
    expect(await fencesOf(sides.target)).toEqual(fences);
    const rows = await table({ ...sides, target: beforeScan(sides.target, 1, failing) }).query(PARTITION);
    expect(rows.map(({ properties }) => properties['text']?.value)).toEqual(['blue', 'red']);
  });

  test('is read again if it was written meanwhile', async () => {
    const sides = await mostlyDeleted(SMALL);
    const writer = table(sides);
    const target = beforeScan(sides.target, 2, () => put(writer, 'a', text('blue')));
    const rows = await table({ ...sides, target }).query(PARTITION);
    expect(rows.map(({ properties }) => properties['text']?.value)).toEqual(['blue', 'red']);
  });

  test('is told to be busy if it is written all the time, and its reader has lost nothing', async () => {
    const sides = await mostlyDeleted(SMALL);
    const writer = table(sides);
    const target = new Proxy(sides.target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name, inner);
        if (typeof value !== 'function') return value;
        if (name !== 'scan') return value.bind(inner);
        return async (...args: unknown[]) => {
          await put(writer, 'a', text('blue'));
          return value.apply(inner, args);
        };
      },
    });
    const reading = table({ ...sides, target }).query(PARTITION);
    await expect(reading).rejects.toMatchObject({ code: 'TABLE_THROTTLED', effect: 'none' });
  });
});

test('A side that somebody may use alone, without a fence, is not read in parts', async () => {
  const sides = await mostlyDeleted(SMALL);
  await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'complete' });
  const phase = { kind: 'managed', born: 'target', plan: 1 } as const;
  const reader = new MigratingTable({ sides, phase, clock: new VirtualClock() });
  await expect(reader.query(PARTITION)).rejects.toMatchObject({ code: 'TABLE_QUERY_TOO_LARGE' });
  expect(await table(sides).query(PARTITION)).toHaveLength(2);
});

describe('rows that shadow others are asked for by name', () => {
  for (const keysAtOnce of [1, 2, 100]) {
    test(`${keysAtOnce} at a time`, async () => {
      const sides = await emptySides({ check: false });
      for (const name of 'abcde') await put(sides.source, name, text('red'));
      await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'turned' });
      await put(table(sides), 'c', text('blue'));
      const rows = await table(sides, keysAtOnce).query(PARTITION, { filter: RED });
      expect(rows.map(({ rowKey }) => rowKey)).toEqual(['a', 'b', 'd', 'e']);
    });
  }
});
