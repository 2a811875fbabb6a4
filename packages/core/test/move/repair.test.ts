import { runMove } from 'changeover/move';
import type { RowData } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import {
  beforeFirstLoad,
  contextOf,
  faulty,
  newScene,
  numbered,
  put,
  remove,
  requestOf,
  rowsOf,
  type Scene,
  wrapped,
} from './fixture.ts';

const rows = numbered(500);
const extra: RowData = { partitionKey: 'p1', rowKey: 'extra', properties: {} };

/** A finished move whose target then lost some rows, got some changed, and got one too many. */
async function spoiled(): Promise<Scene> {
  const scene = await newScene(rows);
  await runMove(requestOf(scene), contextOf(scene));
  for (const row of rows.slice(0, 230)) await remove(scene.target, row);
  const changed = rows
    .slice(480)
    .map((row) => ({ ...row, properties: { n: { type: 'int64', value: 1n } } }) as RowData);
  await put(scene.target, [...changed, extra]);
  return scene;
}

function repairOf(scene: Scene, deleteExtra: boolean) {
  return runMove(requestOf(scene, { steps: ['repair'], deleteExtra }), contextOf(scene));
}

test('A repair brings every kind of difference to none', async () => {
  const scene = await spoiled();
  const { repair, validation } = await repairOf(scene, true);
  expect(repair).toEqual({ repaired: 250, deleted: 1, left: 0 });
  expect(validation).toMatchObject({ missing: 0, extra: 0, different: 0 });
  expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
});

test('Without consent to delete, extra rows are left and reported', async () => {
  const scene = await spoiled();
  const { repair, validation } = await repairOf(scene, false);
  expect(repair).toEqual({ repaired: 250, deleted: 0, left: 1 });
  expect(validation).toMatchObject({ missing: 0, extra: 1, different: 0 });
  expect(scene.differences).toMatchObject([{ kind: 'extra', rowKey: 'extra' }]);
});

test('A repair of what is the same writes nothing', async () => {
  const scene = await newScene(rows);
  await runMove(requestOf(scene), contextOf(scene));
  const table = await scene.target.open('t');
  const { changeToken } = await table.describe();
  expect((await repairOf(scene, true)).repair).toEqual({ repaired: 0, deleted: 0, left: 0 });
  expect((await table.describe()).changeToken).toBe(changeToken);
});

test('A table that other means filled can be repaired without a job', async () => {
  const scene = await newScene(rows);
  await scene.target.create('t');
  await put(scene.target, rows.slice(100));
  expect((await repairOf(scene, false)).repair).toMatchObject({ repaired: 100, left: 0 });
});

test('A copy that is not finished is not repaired instead', async () => {
  const scene = await newScene(rows);
  const target = faulty(scene.target, (operation) => (operation === 'load' ? 'throttled' : undefined));
  await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toThrow();
  await expect(repairOf(scene, false)).rejects.toMatchObject({ code: 'MOVE_NOT_COPIED' });
});

test('A row that went away by itself is not counted as deleted', async () => {
  const scene = await spoiled();
  const target = wrapped(scene.target, (table) => beforeFirstLoad(table, () => remove(scene.target, extra)));
  const request = requestOf(scene, { target, steps: ['repair'], deleteExtra: true });
  expect((await runMove(request, contextOf(scene))).repair).toEqual({ repaired: 250, deleted: 0, left: 0 });
});

test('What the source holds when a row is mended counts, not what it held when the difference was found', async () => {
  const scene = await spoiled();
  const [row] = rows as [RowData];
  const newer = { ...row, properties: { n: { type: 'int32', value: -1 } } } as RowData;
  const source = wrapped(scene.source.readOnlyView(), (table) => {
    const get = table.get.bind(table);
    let changed = false;
    table.get = async (key, options) => {
      if (!changed) await put(scene.source, [newer]);
      changed = true;
      return get(key, options);
    };
    return table;
  });
  await runMove(requestOf(scene, { source, steps: ['repair'] }), contextOf(scene));
  expect(await rowsOf(scene.target)).toContainEqual(newer);
});

describe('A repair that is interrupted', () => {
  test.each([1, 2])('at its load number %i is ended by the next one', async (point) => {
    const scene = await spoiled();
    let loads = 0;
    const target = faulty(scene.target, (operation) =>
      operation === 'load' && ++loads === point ? 'lostReply' : undefined,
    );
    const interrupted = runMove(requestOf(scene, { target, steps: ['repair'] }), contextOf(scene));
    await expect(interrupted).rejects.toMatchObject({ code: 'TABLE_TIMEOUT' });
    expect((await repairOf(scene, true)).repair).toMatchObject({ deleted: 1, left: 0 });
    expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
  });

  test('by a repair that took over writes nothing more', async () => {
    const scene = await spoiled();
    const target = wrapped(scene.target, (table) =>
      beforeFirstLoad(table, async () => {
        // The sleeper's lock is gone, as after its lease; the repair that takes over does the whole work.
        for (const { name, revision } of await scene.control.list('locks/')) {
          await scene.control.delete(name, revision);
        }
        await repairOf(scene, true);
        await remove(scene.target, rows[0] as RowData);
      }),
    );
    const first = runMove(requestOf(scene, { target, steps: ['repair'] }), contextOf(scene));
    await expect(first).rejects.toMatchObject({ code: 'MOVE_OWNERSHIP_LOST' });
    expect(await rowsOf(scene.target)).toHaveLength(499);
  });
});
