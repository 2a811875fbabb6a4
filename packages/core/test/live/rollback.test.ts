import { bring, MigratingTable, type Phase, partitionsOf, type Sides } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { emptySides, text } from './validate-fixture.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const work = { plan: 1, born: 'source' } as const;
const managed: Phase = { kind: 'managed', born: 'source', plan: 1 };

/** Four partitions of one row, all on the target. */
async function moved(until: 'turned' | 'complete'): Promise<{ sides: Sides; application: MigratingTable }> {
  const sides = await emptySides();
  const row = (partitionKey: string) => ({ partitionKey, rowKey: '', properties: text('old') });
  for (const name of NAMES) await sides.source.write([{ ...row(name), kind: 'insert' }]);
  for (const name of NAMES) await bring(sides, name, 'target', { ...work, until });
  return { sides, application: new MigratingTable({ sides, phase: managed, clock: new VirtualClock() }) };
}

async function listed(sides: Sides, range: { from?: string; through?: string }): Promise<readonly string[]> {
  const keys = new Set<string>();
  for await (const key of partitionsOf(sides, range)) keys.add(key);
  return [...keys];
}

async function ownersOf(sides: Sides): Promise<string> {
  const owners = await Promise.all(
    NAMES.map(async (partitionKey) => {
      const meta = await sides.source.get({ partitionKey, rowKey: '_changeover.meta' });
      return meta?.properties['state']?.value === 'open' ? 'source' : 'target';
    }),
  );
  return owners.join(' ');
}

describe('a range of partitions', () => {
  for (const [range, keys] of [
    [{}, NAMES],
    [{ from: 'b' }, ['b', 'c', 'd']],
    [{ through: 'b' }, ['a', 'b']],
    [{ from: 'b', through: 'c' }, ['b', 'c']],
    [{ from: 'bb', through: 'bc' }, []],
  ] as const) {
    test(`${JSON.stringify(range)} has both its ends`, async () => {
      const { sides } = await moved('turned');
      expect(await listed(sides, range)).toEqual(keys);
    });
  }

  test('has a partition that was never managed, whose only row has the empty key', async () => {
    const sides = await emptySides();
    await sides.source.write([{ partitionKey: 'b', rowKey: '', kind: 'insert', properties: {} }]);
    expect(await listed(sides, { from: 'b' })).toEqual(['b']);
  });

  test('turns back on its own, and the others stay where they are', async () => {
    const { sides } = await moved('complete');
    for (const key of await listed(sides, { from: 'b', through: 'c' })) {
      await bring(sides, key, 'source', { ...work, until: 'turned' });
    }
    expect(await ownersOf(sides)).toBe('target source source target');
  });
});

describe('a partition that turns back', () => {
  test('keeps what was written on the target, under the version that the application got', async () => {
    const { sides, application } = await moved('turned');
    const key = { partitionKey: 'a', rowKey: '' };
    const [written] = await application.write([{ ...key, kind: 'upsertReplace', properties: text('new') }]);
    await bring(sides, 'a', 'source', { ...work, until: 'complete' });
    expect(await application.get(key)).toEqual({
      ...key,
      version: written?.version,
      properties: text('new'),
    });
  });

  test('writes nothing for rows that did not change', async () => {
    const { sides, application } = await moved('complete');
    const before = await sides.source.get({ partitionKey: 'a', rowKey: '' });
    await bring(sides, 'a', 'source', { ...work, until: 'complete' });
    expect(await sides.source.get({ partitionKey: 'a', rowKey: '' })).toEqual(before);
    expect((await application.get({ partitionKey: 'a', rowKey: '' }))?.version).toBe(`s${before?.version}`);
  });
});
