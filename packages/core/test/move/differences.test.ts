import { runMove } from 'changeover/move';
import type { Manifest, Properties, RowData } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { contextOf, newScene, numbered, put, remove, requestOf, type Scene } from './fixture.ts';

const rows = numbered(60, 1);
const [first, middle, last] = [rows[0], rows[30], rows[59]] as [RowData, RowData, RowData];

/** Moves, spoils the target, validates again. */
async function differencesAfter(manifest: Partial<Manifest>, spoil: (scene: Scene) => Promise<void>) {
  const scene = await newScene(rows, manifest);
  await runMove(requestOf(scene), contextOf(scene));
  await spoil(scene);
  await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
  return scene.differences.map(({ kind, rowKey, properties }) => ({ kind, rowKey, properties }));
}

function change(row: RowData, properties: Properties) {
  return (scene: Scene) => put(scene.target, [{ ...row, properties: { ...row.properties, ...properties } }]);
}

describe.each<[string, Partial<Manifest>]>([
  ['row by row', { rangeHash: false }],
  ['by hashes first', { rangeHash: true }],
])('Compared %s,', (_how, manifest) => {
  test('a missing row is reported with all that the source holds', async () => {
    expect(await differencesAfter(manifest, (scene) => remove(scene.target, middle))).toEqual([
      {
        kind: 'missing',
        rowKey: '00030',
        properties: [
          { name: 'at', source: { type: 'string', value: 'row 30' }, target: null },
          { name: 'n', source: { type: 'int32', value: 30 }, target: null },
        ],
      },
    ]);
  });

  test('an extra row is reported, before the first and behind the last key as well', async () => {
    const extras = ['00', '00030x', '99999'].map((rowKey) => ({
      partitionKey: 'p0',
      rowKey,
      properties: {},
    }));
    const found = await differencesAfter(manifest, (scene) => put(scene.target, extras));
    expect(found.map(({ kind, rowKey }) => [kind, rowKey])).toEqual(
      extras.map(({ rowKey }) => ['extra', rowKey]),
    );
  });

  test.each([
    ['first', first],
    ['last', last],
  ])('a difference in the %s row is found', async (_which, row) => {
    const found = await differencesAfter(manifest, change(row, { at: { type: 'string', value: 'spoiled' } }));
    expect(found).toMatchObject([{ kind: 'different', rowKey: row.rowKey, properties: [{ name: 'at' }] }]);
  });

  test('a difference in type only is found', async () => {
    expect(await differencesAfter(manifest, change(middle, { n: { type: 'int64', value: 30n } }))).toEqual([
      {
        kind: 'different',
        rowKey: '00030',
        properties: [
          { name: 'n', source: { type: 'int32', value: 30 }, target: { type: 'int64', value: '30' } },
        ],
      },
    ]);
  });

  test('a property that only one side has is found', async () => {
    expect(
      await differencesAfter(manifest, change(middle, { more: { type: 'boolean', value: true } })),
    ).toMatchObject([
      {
        kind: 'different',
        properties: [{ name: 'more', source: null, target: { type: 'boolean', value: true } }],
      },
    ]);
  });
});
