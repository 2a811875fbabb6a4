import { runMove } from 'changeover/move';
import { type MemoryTable, parseFilter, type RowData, type Table } from 'changeover/table';
import { expect, test } from 'vitest';
import { contextOf, newScene, numbered, put, remove, requestOf, type Scene, wrapped } from './fixture.ts';

const rows = numbered(60, 1);
const row = rows[30] as RowData;

function spoiled(value: string): RowData {
  return { ...row, properties: { ...row.properties, at: { type: 'string', value } } };
}

/** A moved table, and a validation in which `onLook` is called each time that the row is looked at again. */
async function validated(
  spoil: (scene: Scene) => Promise<void>,
  onLook: (scene: Scene, look: number) => Promise<void>,
) {
  const scene = await newScene(rows);
  await runMove(requestOf(scene), contextOf(scene));
  await spoil(scene);
  let looks = 0;
  const target = wrapped(scene.target, (table) =>
    beforeGet(table, async () => {
      looks += 1;
      await onLook(scene, looks);
    }),
  );
  const request = requestOf(scene, { target, steps: ['validate'] });
  const { validation } = await runMove(request, contextOf(scene));
  return { ...validation, looks, differences: scene.differences };
}

function beforeGet(table: MemoryTable, before: () => Promise<void>): Table {
  const get = table.get.bind(table);
  table.get = async (key, options) => {
    await before();
    return get(key, options);
  };
  return table;
}

const NOTHING = { notCompared: 0, missing: 0, extra: 0, different: 0, differences: [] };

test('A row that is the same when it is looked at again is equal', async () => {
  const found = await validated(
    (scene) => remove(scene.target, row),
    (scene) => put(scene.target, [row]),
  );
  expect(found).toEqual({ compared: 60, looks: 1, ...NOTHING });
});

test('A row that is gone from both sides when it is looked at again is no difference', async () => {
  const found = await validated(
    (scene) => remove(scene.source, row),
    (scene) => remove(scene.target, row),
  );
  expect(found).toEqual({ compared: 60, looks: 1, ...NOTHING });
});

test('A row that stands still is reported after a single second look', async () => {
  const found = await validated(
    (scene) => put(scene.target, [spoiled('once')]),
    async () => undefined,
  );
  expect(found).toMatchObject({ compared: 60, notCompared: 0, different: 1, looks: 1 });
});

test('A row that changed once and then stands still is reported as it is in the end', async () => {
  const found = await validated(
    (scene) => remove(scene.target, row),
    async (scene, look) => (look === 1 ? put(scene.target, [spoiled('late')]) : undefined),
  );
  expect(found).toMatchObject({ compared: 60, notCompared: 0, missing: 0, different: 1, looks: 2 });
  expect(found.differences).toMatchObject([
    { kind: 'different', properties: [{ name: 'at', target: { value: 'late' } }] },
  ]);
});

test('A row that is another at each look is not compared, neither equal nor different', async () => {
  const found = await validated(
    (scene) => remove(scene.target, row),
    (scene, look) => put(scene.target, [spoiled(`look ${look}`)]),
  );
  expect(found).toMatchObject({ ...NOTHING, compared: 59, notCompared: 1 });
});

test('With a filter, a row that leaves it on both sides is no difference', async () => {
  const scene = await newScene(rows);
  const filter = parseFilter('n lt 50');
  await runMove(requestOf(scene, { filter }), contextOf(scene));
  await put(scene.target, [spoiled('other')]);
  const outside = (n: number): RowData => ({ ...row, properties: { n: { type: 'int32', value: n } } });
  const target = wrapped(scene.target, (table) =>
    beforeGet(table, async () => {
      await put(scene.source, [outside(98)]);
      await put(scene.target, [outside(99)]);
    }),
  );
  const request = requestOf(scene, { filter, target, steps: ['validate'] });
  const { validation } = await runMove(request, contextOf(scene));
  expect(validation).toEqual({ compared: 50, notCompared: 0, missing: 0, extra: 0, different: 0 });
});

test('More differences than wait together are all reported, in order', async () => {
  const many = numbered(1_300, 1);
  const scene = await newScene(many);
  await runMove(requestOf(scene), contextOf(scene));
  await put(
    scene.target,
    many.map((each) => ({ ...each, properties: {} })),
  );
  await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
  expect(scene.differences.map(({ rowKey }) => rowKey)).toEqual(many.map(({ rowKey }) => rowKey));
});
