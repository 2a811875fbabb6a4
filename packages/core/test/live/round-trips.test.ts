import { bring, MigratingTable, type Phase, type Sides } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import { MemoryStore, type Table, type Version, type Write } from 'changeover/table';
import { describe, expect, test } from 'vitest';

/** Counts how often somebody waits for a store: calls that are under way at the same time are one wait. */
class Waits {
  count = 0;
  #under = 0;

  watch(table: Table): Table {
    return new Proxy(table, {
      get: (_, name) => {
        const value: unknown = Reflect.get(table, name, table);
        if (typeof value !== 'function') return value;
        const call = value.bind(table) as (...args: unknown[]) => Promise<unknown>;
        if (!['get', 'query', 'scan', 'write'].includes(String(name))) return call;
        return async (...args: unknown[]) => {
          if (this.#under === 0) this.count += 1;
          this.#under += 1;
          try {
            return await call(...args);
          } finally {
            this.#under -= 1;
          }
        };
      },
    });
  }
}

const KEY = { partitionKey: 'p', rowKey: 'r' };
const FREE = { partitionKey: 'p', rowKey: 'free' };
const PROPERTIES = { a: { type: 'string', value: 'x' } } as const;
const FILTER = {
  kind: 'comparison',
  subject: { kind: 'property', name: 'a' },
  operator: 'eq',
  value: { type: 'string', value: 'x' },
} as const;

type Operation = (table: Table, version: Version) => Promise<unknown>;

function write(each: (version: Version) => Write): Operation {
  return (table, version) => table.write([each(version)]);
}

const OPERATIONS = {
  get: (table) => table.get(KEY),
  query: (table) => table.query('p'),
  'query by a filter': (table) => table.query('p', { filter: FILTER }),
  insert: write(() => ({ ...FREE, kind: 'insert', properties: PROPERTIES })),
  'merge of any version': write(() => ({ ...KEY, kind: 'merge', condition: '*', properties: PROPERTIES })),
  'merge of its version': write((condition) => ({
    ...KEY,
    kind: 'merge',
    condition,
    properties: PROPERTIES,
  })),
  'delete if it exists': write(() => ({ ...KEY, kind: 'delete' })),
  'upsert that replaces': write(() => ({ ...KEY, kind: 'upsertReplace', properties: PROPERTIES })),
  'upsert that merges': write(() => ({ ...KEY, kind: 'upsertMerge', properties: PROPERTIES })),
} as const satisfies Record<string, Operation>;

type Counts = Readonly<Record<keyof typeof OPERATIONS, number>>;

const managed: Phase = { kind: 'managed', born: 'source', plan: 1 };
const work = { plan: 1, born: 'source' } as const;

/** A place in the migration; `warm` says that the client has written to the partition, and just there, before. */
const PLACES: Readonly<
  Record<string, { phase: Phase; warm: boolean; prepare(sides: Sides): Promise<unknown>; expected: Counts }>
> = {
  'source only': {
    phase: { kind: 'alone', side: 'source', clean: true },
    warm: false,
    prepare: async () => undefined,
    expected: counts(1, 1, 1, 1, 1, 1, 1, 1, 1),
  },
  'managed, first touch': {
    phase: managed,
    warm: false,
    prepare: async () => undefined,
    expected: counts(1, 1, 1, 2, 2, 2, 2, 2, 2),
  },
  'managed, warm': {
    phase: managed,
    warm: true,
    prepare: async () => undefined,
    expected: counts(1, 1, 1, 1, 1, 1, 1, 1, 1),
  },
  'copying, warm': {
    phase: managed,
    warm: true,
    prepare: (sides) => bring(sides, 'p', 'target', { ...work, until: 'turned' }),
    expected: counts(1, 1, 2, 2, 2, 2, 1, 1, 2),
  },
  'complete, warm': {
    phase: managed,
    warm: true,
    prepare: (sides) => bring(sides, 'p', 'target', { ...work, until: 'complete' }),
    expected: counts(1, 1, 1, 1, 2, 2, 1, 1, 1),
  },
  'target only': {
    phase: { kind: 'alone', side: 'target', clean: false },
    warm: false,
    prepare: (sides) => bring(sides, 'p', 'target', { ...work, until: 'complete' }),
    expected: counts(1, 1, 1, 1, 2, 2, 1, 1, 2),
  },
};

function counts(...each: readonly number[]): Counts {
  return Object.fromEntries(Object.keys(OPERATIONS).map((name, index) => [name, each[index]])) as Counts;
}

async function measure(place: (typeof PLACES)[string], operation: Operation): Promise<number> {
  const [source, target] = [new MemoryStore({ name: 'source' }), new MemoryStore({ name: 'target' })];
  for (const store of [source, target]) await store.create('t');
  const sides: Sides = {
    source: await source.open('t', { reserved: true }),
    target: await target.open('t', { reserved: true }),
  };
  const [result] = await sides.source.write([{ ...KEY, kind: 'insert', properties: PROPERTIES }]);
  await place.prepare(sides);
  const waits = new Waits();
  const table = new MigratingTable({
    sides: { source: waits.watch(sides.source), target: waits.watch(sides.target) },
    phase: place.phase,
    clock: new VirtualClock(),
  });
  if (place.warm) await table.write([{ partitionKey: 'p', rowKey: 'other', kind: 'insert', properties: {} }]);
  waits.count = 0;
  await operation(table, `s${result?.version}`);
  return waits.count;
}

describe('an operation waits for a store as often as the protocol says', () => {
  for (const [name, place] of Object.entries(PLACES)) {
    test(name, async () => {
      const measured: Record<string, number> = {};
      for (const [what, operation] of Object.entries(OPERATIONS)) {
        measured[what] = await measure(place, operation);
      }
      expect(measured).toEqual(place.expected);
    });
  }
});
