import { MigratingTable, retire, type Side, type Sides, wipe } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import { type Table, TableError, type Write } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { copyingOf } from '../../src/live/compare-copy.ts';
import { bringTo, emptySides, managed, PARTITION, put, remove, text, validated } from './validate-fixture.ts';

const UNTILS = ['turned', 'copied', 'complete'] as const;
const STAGES = [0, 1, 2];
const ACTS = ['none', 'upsertReplace', 'upsertMerge', 'delete'] as const;

/** A row for each way to treat it in three stages: nothing, a write of it whole or in part, a delete. */
const ROWS = Array.from({ length: ACTS.length ** STAGES.length }, (_, row) => ({
  rowKey: String(row).padStart(3, '0'),
  acts: STAGES.map((stage) => ACTS[Math.floor(row / ACTS.length ** stage) % ACTS.length]),
}));

async function act(table: Table, stage: number): Promise<void> {
  const writes = ROWS.flatMap(({ rowKey, acts }): readonly Write[] => {
    const kind = acts[stage];
    const row = { partitionKey: PARTITION, rowKey };
    if (kind === undefined || kind === 'none') return [];
    return [
      kind === 'delete' ? { ...row, kind } : { ...row, kind, properties: text(`${rowKey} in ${stage}`) },
    ];
  });
  await table.write(writes);
}

/** Somebody who has a side for themselves, and deletes physically. */
function alone(sides: Sides, side: Side): Table {
  const phase = { kind: 'alone', side, clean: false } as const;
  return new MigratingTable({ sides, phase, clock: new VirtualClock() });
}

describe('no state that clients and workers bring about has a difference', () => {
  const ways = UNTILS.flatMap((first) =>
    UNTILS.flatMap((second) => UNTILS.map((third) => [first, second, third] as const)),
  );
  for (const way of ways) {
    test(`forward, back and forward: ${way.join(', ')}`, async () => {
      const sides = await emptySides();
      for (const [stage, until] of way.entries()) {
        await act(managed(sides), stage);
        expect((await validated(sides)).found).toEqual([]);
        await bringTo(sides, stage % 2 === 0 ? 'target' : 'source', until);
        const { outcome, counts, found } = await validated(sides);
        const rest = counts.compared - counts.equal - counts.superseded - counts.pending;
        expect({ outcome, found, rest }).toEqual({ outcome: 'done', found: [], rest: 0 });
        if (until !== 'turned') expect(counts.pending).toBe(0);
      }
    });
  }

  for (const until of UNTILS) {
    test(`target only in between, and ${until} on the way back`, async () => {
      const sides = await emptySides();
      await act(managed(sides), 0);
      await bringTo(sides, 'target', 'complete');
      await act(alone(sides, 'target'), 1);
      await bringTo(sides, 'source', until);
      await act(managed(sides), 2);
      expect(await validated(sides)).toMatchObject({ outcome: 'done', found: [] });
    });
  }
});

/** Does something just before the given call of a table, and the first one only. */
function before(
  table: Table,
  name: 'query' | 'scan' | 'write',
  call: number,
  happen: () => Promise<unknown>,
): Table {
  let calls = 0;
  return new Proxy(table, {
    get(_, property) {
      const value: unknown = Reflect.get(table, property, table);
      if (typeof value !== 'function') return value;
      const method = value.bind(table) as (...args: unknown[]) => Promise<unknown>;
      if (property !== name) return method;
      return async (...args: unknown[]) => {
        calls += 1;
        if (calls === call) await happen();
        return method(...args);
      };
    },
  });
}

/** More rows than three chunks hold, each of them the same. */
function rows(value: string): readonly Write[] {
  return Array.from({ length: 350 }, (_, row) => ({
    kind: 'upsertReplace',
    partitionKey: PARTITION,
    rowKey: String(row),
    properties: text(value),
  }));
}

async function manyRows(until: (typeof UNTILS)[number]): Promise<Sides> {
  const sides = await emptySides();
  await sides.source.write(rows('old'));
  await bringTo(sides, 'target', until);
  return sides;
}

describe('while the partition goes on', () => {
  test('a copy that becomes complete between two looks has no difference', async () => {
    const sides = await manyRows('turned');
    const target = before(sides.target, 'query', 2, () => bringTo(sides, 'target', 'complete'));
    expect(await validated({ ...sides, target })).toMatchObject({
      outcome: 'done',
      counts: { compared: 350, equal: 250, pending: 100 },
      found: [],
    });
  });

  test('what the application writes between two looks is superseded', async () => {
    const sides = await manyRows('complete');
    const target = before(sides.target, 'query', 3, () => managed(sides).write(rows('new')));
    expect(await validated({ ...sides, target })).toMatchObject({
      outcome: 'done',
      counts: { compared: 350, equal: 200, superseded: 150 },
      found: [],
    });
  });

  test('new rows of the owner are compared beyond the first chunk, too', async () => {
    const sides = await emptySides();
    await put(sides.source, 'a', text('a'));
    await bringTo(sides, 'target', 'complete');
    await managed(sides).write(rows('new'));
    expect((await validated(sides)).counts).toMatchObject({ compared: 351, equal: 1, superseded: 350 });
  });

  for (const side of ['source', 'target'] as const) {
    test(`a partition that turns before a look at the ${side} has moved, and no difference`, async () => {
      const sides = await manyRows('complete');
      const turned = before(sides[side], 'query', 2, async () => {
        await bringTo(sides, 'source', 'turned');
        await managed(sides).write(rows('new'));
      });
      expect(await validated({ ...sides, [side]: turned })).toMatchObject({
        outcome: 'moved',
        counts: { compared: 100, equal: 100 },
        found: [],
      });
    });
  }

  test('a partition that turns there and back has moved', async () => {
    const sides = await manyRows('complete');
    const source = before(sides.source, 'scan', 2, async () => {
      await bringTo(sides, 'source', 'turned');
      await bringTo(sides, 'target', 'turned');
    });
    expect(await validated({ ...sides, source })).toMatchObject({ outcome: 'moved', found: [] });
  });

  test('a partition that has moved is not read any further', async () => {
    const sides = await manyRows('complete');
    const source = before(sides.source, 'query', 2, () => bringTo(sides, 'source', 'turned'));
    const target = before(sides.target, 'scan', 1, () => Promise.reject(new Error('read')));
    expect(await validated({ source, target })).toMatchObject({ outcome: 'moved' });
  });

  test('a partition that is half-way has moved', async () => {
    const sides = await manyRows('complete');
    const source = before(sides.source, 'write', 1, () => Promise.reject(new Error('down')));
    await expect(bringTo({ ...sides, source }, 'source', 'turned')).rejects.toThrow('down');
    expect(await validated(sides)).toMatchObject({ outcome: 'moved', counts: { compared: 0 } });
  });

  test('metas that cannot be of one instant are no state to compare in', () => {
    const meta = { state: 'open', floor: 0, born: false, plan: 1, version: '1' } as const;
    const source = { ...meta, epoch: 0, complete: false };
    expect(copyingOf({ source, target: { ...meta, epoch: 1, complete: true } })).toBe('moved');
  });

  test('a side that was wiped before it was read is not one without rows', async () => {
    const sides = await emptySides();
    await put(sides.source, 'a', text('a'));
    await bringTo(sides, 'target', 'complete');
    await remove(managed(sides), 'a');
    const source = before(sides.source, 'scan', 1, async () => {
      await retire(sides, PARTITION, { side: 'target', plan: 1 });
      await wipe(sides, PARTITION, 'source');
      await remove(alone(sides, 'target'), 'a');
    });
    expect(await validated({ ...sides, source })).toMatchObject({ outcome: 'retired', found: [] });
  });

  test('a partition that is retired between two looks is not compared any more', async () => {
    const sides = await manyRows('complete');
    const source = before(sides.source, 'query', 2, () =>
      retire(sides, PARTITION, { side: 'target', plan: 1 }),
    );
    expect(await validated({ ...sides, source })).toMatchObject({
      outcome: 'retired',
      counts: { compared: 100 },
    });
  });

  test('a retired partition has nothing to be compared', async () => {
    const sides = await manyRows('complete');
    await retire(sides, PARTITION, { side: 'target', plan: 1 });
    expect(await validated(sides)).toMatchObject({ outcome: 'retired', counts: { compared: 0 } });
  });
});

test('rows that have outgrown an answer are looked at all the same', async () => {
  const sides = await emptySides({ atomicQuery: { rows: 200, bytes: 20_000 } });
  for (let row = 0; row < 50; row += 1) await put(sides.source, String(row), text('small'));
  await bringTo(sides, 'target', 'complete');
  for (let row = 0; row < 50; row += 1) await put(managed(sides), String(row), text('x'.repeat(2_000)));
  expect(await validated(sides)).toMatchObject({ outcome: 'done', counts: { compared: 50, superseded: 50 } });
});

test('a store that fails is neither equal nor different', async () => {
  const sides = await manyRows('complete');
  const outage = new TableError('TABLE_UNAVAILABLE', 'down', { effect: 'none' });
  const source = before(sides.source, 'query', 2, () => Promise.reject(outage));
  await expect(validated({ ...sides, source })).rejects.toBe(outage);
});
