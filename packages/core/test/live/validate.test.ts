import type { Side, Sides } from 'changeover/live';
import { type Table, valueToJson } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import {
  bringTo,
  emptySides,
  hidden,
  managed,
  put,
  remove,
  stored,
  text,
  validated,
} from './validate-fixture.ts';

/** Where the application's rows `a` and `b` lie before anything is planted. */
const PLACES = {
  'complete on the target': [['target', 'complete']],
  'turned to the target': [['target', 'turned']],
  'complete there, and turned back': [
    ['target', 'complete'],
    ['source', 'turned'],
  ],
  'complete there and back': [
    ['target', 'complete'],
    ['source', 'complete'],
  ],
  'copied there, and complete back': [
    ['target', 'copied'],
    ['source', 'complete'],
  ],
  'turned there, back and there again': [
    ['target', 'turned'],
    ['source', 'turned'],
    ['target', 'turned'],
  ],
  'complete there, turned back and there again': [
    ['target', 'complete'],
    ['source', 'turned'],
    ['target', 'turned'],
  ],
  'complete there, and turned thrice': [
    ['target', 'complete'],
    ['source', 'turned'],
    ['target', 'turned'],
    ['source', 'turned'],
  ],
} as const satisfies Record<string, readonly (readonly [Side, 'turned' | 'copied' | 'complete'])[]>;

type Place = keyof typeof PLACES;

async function sidesAt(place: Place): Promise<Sides> {
  const sides = await emptySides();
  for (const rowKey of ['a', 'b']) await put(sides.source, rowKey, text(rowKey));
  for (const [side, until] of PLACES[place]) await bringTo(sides, side, until);
  return sides;
}

async function restore(table: Table, rowKey: string, change: ReturnType<typeof text>): Promise<void> {
  await put(table, rowKey, { ...(await stored(table, rowKey)), ...change });
}

/** What is planted behind the protocol's back, and what must be found, and nothing else. */
const PLANTED: readonly (readonly [string, Place, (sides: Sides) => Promise<void>, string])[] = [
  [
    'a copy of another content',
    'complete on the target',
    ({ target }) => restore(target, 'a', text('other')),
    'a: different, content',
  ],
  [
    'a copy that is gone',
    'complete on the target',
    ({ target }) => remove(target, 'a'),
    'a: missing, not copied',
  ],
  [
    'a copy of another version',
    'complete on the target',
    ({ target }) => restore(target, 'a', hidden({ origin: 's999' })),
    'a: different, origin',
  ],
  [
    'a frozen row that was written',
    'complete on the target',
    ({ source }) => put(source, 'a', text('a')),
    'a: different, origin',
  ],
  [
    'a copy of no row',
    'complete on the target',
    ({ target }) => put(target, 'c', { ...text('c'), ...hidden({ tag: 1, origin: 's1' }) }),
    'c: extra, origin',
  ],
  [
    'a frozen row that nobody copied, in an owner who is complete',
    'complete on the target',
    ({ source }) => put(source, 'c', text('c')),
    'c: missing, not copied',
  ],
  [
    "an owner's row of a tag of the other side",
    'turned there, back and there again',
    ({ target }) => put(target, 'c', { ...text('c'), ...hidden({ tag: 2 }) }),
    'c: extra, marks',
  ],
  [
    "an owner's row of an epoch that is to come",
    'turned to the target',
    ({ target }) => put(target, 'c', { ...text('c'), ...hidden({ tag: 3 }) }),
    'c: extra, marks',
  ],
  [
    'a frozen row of a tag of the other side',
    'turned there, back and there again',
    ({ source }) => restore(source, 'a', hidden({ tag: 1 })),
    'a: missing, marks',
  ],
  [
    'a frozen row of an epoch after it was frozen',
    'turned to the target',
    ({ source }) => restore(source, 'a', hidden({ tag: 2 })),
    'a: missing, marks',
  ],
  [
    'a tag below 0',
    'turned to the target',
    ({ target }) => put(target, 'c', { ...text('c'), ...hidden({ tag: -1 }) }),
    'c: extra, marks',
  ],
  [
    'an origin without a tag',
    'turned to the target',
    ({ target }) => put(target, 'c', { ...text('c'), ...hidden({ origin: 's1' }) }),
    'c: extra, marks',
  ],
  [
    'a tombstone without a tag',
    'turned to the target',
    ({ source }) => restore(source, 'a', hidden({ tombstone: true })),
    'a: different, marks',
  ],
  [
    'a tombstone with an origin',
    'complete on the target',
    ({ target }) => put(target, 'a', hidden({ tag: 1, origin: 's1', tombstone: true })),
    'a: missing, marks',
  ],
  [
    'a tombstone with properties',
    'complete on the target',
    ({ target }) => put(target, 'a', { ...text('a'), ...hidden({ tag: 1, tombstone: true }) }),
    'a: missing, marks',
  ],
  [
    'a row that was written past us beside a frozen one',
    'turned to the target',
    ({ target }) => put(target, 'a', text('a')),
    'a: different, twice',
  ],
  [
    'a row that both sides have under one version, and not alike',
    'copied there, and complete back',
    ({ target }) => restore(target, 'a', text('other')),
    'a: different, content',
  ],
  [
    'a row that lives on under a frozen tombstone, in an owner who is complete',
    'copied there, and complete back',
    ({ target }) => put(target, 'a', hidden({ tag: 1, tombstone: true })),
    'a: extra, not copied',
  ],
  [
    'a copy that lives on over a frozen tombstone',
    'complete there and back',
    ({ target }) => put(target, 'a', hidden({ tag: 1, tombstone: true })),
    'a: extra, not copied',
  ],
  [
    'an older row where the frozen one has been written since, in an owner who is complete',
    'copied there, and complete back',
    ({ target }) => put(target, 'a', { ...text('new'), ...hidden({ tag: 1 }) }),
    'a: different, not copied',
  ],
  [
    'garbage that came back to life, in an owner who is complete',
    'complete there and back',
    ({ source }) => put(source, 'c', text('c')),
    'c: extra, garbage',
  ],
  [
    'an older copy of another version than the frozen row, that was not written since',
    'turned there, back and there again',
    ({ target }) => put(target, 'a', { ...text('a'), ...hidden({ tag: 1, origin: 's999' }) }),
    'a: different, origin',
  ],
  [
    'a copy of garbage',
    'complete there, turned back and there again',
    async ({ target }) => restore(target, 'a', hidden({ tag: 3 })),
    'a: extra, origin',
  ],
];

describe('what was planted is found, and nothing else', () => {
  for (const [name, place, plant, expected] of PLANTED) {
    test(`${name}: ${place}`, async () => {
      const sides = await sidesAt(place);
      await plant(sides);
      const { outcome, found } = await validated(sides);
      expect({ outcome, found }).toEqual({ outcome: 'done', found: [expected] });
    });
  }
});

/** What the application and the workers do, and how the rows are counted then. */
const COUNTED: readonly (readonly [string, Place, (sides: Sides) => Promise<void>, object])[] = [
  ['copies', 'complete on the target', async () => undefined, { compared: 2, equal: 2 }],
  ['what is not copied', 'turned to the target', async () => undefined, { compared: 2, pending: 2 }],
  [
    'what was written since, deleted since, and is new',
    'complete on the target',
    async (sides) => {
      await put(managed(sides), 'a', text('new'));
      await remove(managed(sides), 'b');
      await put(managed(sides), 'c', text('c'));
    },
    { compared: 3, superseded: 3 },
  ],
  ['copies of copies', 'complete there and back', async () => undefined, { compared: 2, equal: 2 }],
  [
    'rows that were never touched, and were never copied back',
    'copied there, and complete back',
    async () => undefined,
    { compared: 2, equal: 2 },
  ],
  [
    'older rows where a complete owner has closed since',
    'complete there, and turned back',
    async () => undefined,
    { compared: 2, equal: 2 },
  ],
  [
    'older copies, whose originals are garbage since',
    'complete there, turned back and there again',
    async () => undefined,
    { compared: 2, superseded: 2 },
  ],
  [
    'garbage of an epoch before the last',
    'complete there, and turned thrice',
    async () => undefined,
    { compared: 2, equal: 2 },
  ],
  [
    'garbage that is not buried yet',
    'complete there, and turned back',
    ({ target }) => remove(target, 'a'),
    { compared: 2, equal: 1, pending: 1 },
  ],
  [
    'a new row that was deleted again',
    'complete on the target',
    async (sides) => {
      await put(managed(sides), 'c', text('c'));
      await remove(managed(sides), 'c');
    },
    { compared: 3, equal: 3 },
  ],
];

describe('rows are counted right', () => {
  for (const [name, place, act, expected] of COUNTED) {
    test(`${name}: ${place}`, async () => {
      const sides = await sidesAt(place);
      await act(sides);
      const { counts, found } = await validated(sides);
      expect({ counts, found }).toEqual({
        counts: { compared: 0, equal: 0, superseded: 0, pending: 0, ...expected },
        found: [],
      });
    });
  }
});

test('an older row that was written after the frozen one is superseded', async () => {
  const sides = await emptySides();
  await put(sides.source, 'a', text('a'));
  await bringTo(sides, 'target', 'turned');
  await put(managed(sides), 'a', text('newer'));
  await bringTo(sides, 'source', 'turned');
  await bringTo(sides, 'target', 'turned');
  expect((await validated(sides)).counts).toEqual({ compared: 1, equal: 0, superseded: 1, pending: 0 });
});

test('a difference names the properties by the sides that have them, also on the way back', async () => {
  const sides = await sidesAt('copied there, and complete back');
  await restore(sides.target, 'a', text('other'));
  const { differences } = await validated(sides);
  const json = (value: string) => valueToJson({ type: 'string', value });
  expect(differences).toEqual([
    {
      event: 'difference',
      kind: 'different',
      reason: 'content',
      table: 't',
      partitionKey: 'p',
      rowKey: 'a',
      properties: [{ name: 'text', source: json('a'), target: json('other') }],
    },
  ]);
});

test('a virgin partition has nothing to be compared', async () => {
  const sides = await emptySides();
  await put(sides.source, 'a', text('a'));
  expect(await validated(sides)).toMatchObject({ outcome: 'done', counts: { compared: 0 } });
});

test('a partition in its first epoch has nothing to be compared', async () => {
  const sides = await emptySides();
  await put(managed(sides), 'a', text('a'));
  expect(await validated(sides)).toMatchObject({ outcome: 'done', counts: { compared: 0 } });
});
