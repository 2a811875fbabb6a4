import { readFile } from 'node:fs/promises';
import { bring, MigratingTable, type Phase, type Sides } from 'changeover/live';
import { VirtualClock } from 'changeover/std';
import type { Table, Version, Write } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { emptySides } from './validate-fixture.ts';

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
const OTHER = { partitionKey: 'p', rowKey: 'other' };
const OF_NEW_VERSION = 'merge of a version given just there';
const FREE = { partitionKey: 'p', rowKey: 'free' };
const PROPERTIES = { a: { type: 'string', value: 'x' } } as const;
const FILTER = {
  kind: 'comparison',
  subject: { kind: 'property', name: 'a' },
  operator: 'eq',
  value: { type: 'string', value: 'x' },
} as const;

/** On a row that is from before all; `other` is the version that this client got of a row that it has just written. */
type Operation = (table: Table, version: Version, other: Version | undefined) => Promise<unknown>;

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
  [OF_NEW_VERSION]: (table, _, condition = '') =>
    table.write([{ ...OTHER, kind: 'merge', condition, properties: PROPERTIES }]),
  'insert that fails': async (table) =>
    expect(table.write([{ ...KEY, kind: 'insert', properties: PROPERTIES }])).rejects.toMatchObject({
      code: 'TABLE_ROW_EXISTS',
    }),
  'delete if it exists': write(() => ({ ...KEY, kind: 'delete' })),
  'upsert that replaces': write(() => ({ ...KEY, kind: 'upsertReplace', properties: PROPERTIES })),
  'upsert that merges': write(() => ({ ...KEY, kind: 'upsertMerge', properties: PROPERTIES })),
} as const satisfies Record<string, Operation>;

const managed: Phase = { kind: 'managed', born: 'source', plan: 1 };
const work = { plan: 1, born: 'source' } as const;

/** A place in the migration; `warm` says that the client has written to the partition, and just there, before. */
const PLACES: Readonly<
  Record<string, { phase: Phase; warm: boolean; prepare(sides: Sides): Promise<unknown> }>
> = {
  'source only': {
    phase: { kind: 'alone', side: 'source', clean: true },
    warm: false,
    prepare: async () => undefined,
  },
  'managed, first touch': { phase: managed, warm: false, prepare: async () => undefined },
  'managed, warm': { phase: managed, warm: true, prepare: async () => undefined },
  'copying, warm': {
    phase: managed,
    warm: true,
    prepare: (sides) => bring(sides, 'p', 'target', { ...work, until: 'turned' }),
  },
  'complete, warm': {
    phase: managed,
    warm: true,
    prepare: (sides) => bring(sides, 'p', 'target', { ...work, until: 'complete' }),
  },
  'target only': {
    phase: { kind: 'alone', side: 'target', clean: false },
    warm: false,
    prepare: (sides) => bring(sides, 'p', 'target', { ...work, until: 'complete' }),
  },
};

async function measure(place: (typeof PLACES)[string], operation: Operation): Promise<number> {
  const sides = await emptySides();
  const [result] = await sides.source.write([{ ...KEY, kind: 'insert', properties: PROPERTIES }]);
  await place.prepare(sides);
  const waits = new Waits();
  const table = new MigratingTable({
    sides: { source: waits.watch(sides.source), target: waits.watch(sides.target) },
    phase: place.phase,
    clock: new VirtualClock(),
  });
  const row = { partitionKey: 'p', rowKey: 'other', kind: 'insert', properties: {} } as const;
  const other = place.warm ? (await table.write([row]))[0]?.version : undefined;
  waits.count = 0;
  await operation(table, `s${result?.version}`, other);
  return waits.count;
}

/** The table of README.md: for each operation how often it waits, place by place. */
async function promised(): Promise<ReadonlyMap<string, readonly string[]>> {
  const readme = await readFile(new URL('../../src/live/README.md', import.meta.url), 'utf8');
  const lines = readme.split('\n').filter((line) => line.startsWith('|'));
  const rows = lines.map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
  return new Map(rows.map(([name = '', ...cells]) => [name, cells]));
}

describe('an operation waits for a store as often as README.md says', async () => {
  const table = await promised();
  const places = Object.entries(PLACES);
  for (const [what, operation] of Object.entries(OPERATIONS)) {
    test(what, async () => {
      const measured: string[] = [];
      for (const [name, place] of places) {
        const has = what !== OF_NEW_VERSION || name.endsWith('warm');
        measured.push(has ? String(await measure(place, operation)) : '–');
      }
      expect(measured).toEqual(table.get(what)?.slice(0, places.length));
    });
  }
});
