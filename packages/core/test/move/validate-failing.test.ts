import { runMove } from 'changeover/move';
import type { Fault, Manifest, RowData } from 'changeover/table';
import { expect, test } from 'vitest';
import { contextOf, faulty, newScene, numbered, put, requestOf, type Scene, wrapped } from './fixture.ts';

/** One range of rows; and enough rows for three. */
const rows = numbered(60, 1);
const manyRows = numbered(15_000, 1);
const row = rows[10] as RowData;

async function movedScene(moved = rows, manifest: Partial<Manifest> = {}): Promise<Scene> {
  const scene = await newScene(moved, manifest);
  await runMove(requestOf(scene, { batchRows: 1_000 }), contextOf(scene));
  return scene;
}

/** Validates with one thread; the target fails as the script says, which is told how many calls of its kind there were. */
async function validate(scene: Scene, script: (operation: string, count: number) => Fault | undefined) {
  const counts = new Map<string, number>();
  const target = faulty(scene.target, (operation) => {
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    return script(operation, count);
  });
  const request = requestOf(scene, { target, steps: ['validate'], threads: 1 });
  const { validation } = await runMove(request, contextOf(scene));
  return validation;
}

const spoil = (scene: Scene) => put(scene.target, [{ ...row, properties: {} }]);

test.each<Fault>(['lostReply', 'unavailable'])(
  'A range whose reading meets %s is not compared, and the others are',
  async (fault) => {
    const scene = await movedScene(manyRows);
    const found = await validate(scene, (operation, count) =>
      operation === 'scan' && count === 3 ? fault : undefined,
    );
    expect(found).toMatchObject({ missing: 0, extra: 0, different: 0 });
    expect(found?.compared).toBeGreaterThanOrEqual(10_000);
    expect(found?.compared).toBeLessThan(15_000);
    // How many rows a range has is known about.
    expect((found?.compared ?? 0) + (found?.notCompared ?? 0)).toBeGreaterThan(14_000);
  },
);

test('A store that fails throughout leaves nothing compared, and is told of once, with its code', async () => {
  const scene = await movedScene();
  const found = await validate(scene, (operation) => (operation === 'scan' ? 'unavailable' : undefined));
  expect(found).toEqual({ compared: 0, notCompared: 60, missing: 0, extra: 0, different: 0 });
  expect(scene.events.filter(({ event }) => event === 'notice')).toMatchObject([
    {
      step: 'validate',
      code: 'TABLE_UNAVAILABLE',
      message: expect.stringContaining('"t" could not be compared'),
    },
  ]);
});

test('A difference that was proved is one, whatever fails later', async () => {
  const scene = await movedScene(manyRows);
  await spoil(scene);
  const found = await validate(scene, (operation, count) =>
    operation === 'scan' && count > 6 ? 'throttled' : undefined,
  );
  expect(found).toMatchObject({ different: 1 });
  expect(found?.notCompared).toBeGreaterThan(0);
  expect(scene.differences).toHaveLength(1);
});

test('A row that cannot be looked at again is not called different', async () => {
  const scene = await movedScene();
  await spoil(scene);
  const found = await validate(scene, (operation) => (operation === 'get' ? 'throttled' : undefined));
  expect(found).toMatchObject({ missing: 0, extra: 0, different: 0 });
  expect(found?.notCompared).toBeGreaterThan(0);
  expect(scene.differences).toEqual([]);
});

test('A range of unknown size counts as one row at least', async () => {
  const scene = await newScene([]);
  await runMove(requestOf(scene), contextOf(scene));
  const found = await validate(scene, (operation) => (operation === 'scan' ? 'throttled' : undefined));
  expect(found).toMatchObject({ compared: 0, notCompared: 1 });
});

test.each(['hashRange', 'sampleKeys'])('A range for which %s fails is not compared', async (failing) => {
  const scene = await movedScene(manyRows, { rangeHash: true });
  // The side that has more rows is the one whose keys are sampled.
  await put(scene.target, [{ ...row, rowKey: `${row.rowKey}x` }]);
  const found = await validate(scene, (operation) => (operation === failing ? 'unavailable' : undefined));
  expect(found).toMatchObject({ missing: 0, different: 0, extra: 0 });
  expect(found?.notCompared).toBeGreaterThan(0);
});

test('An interruption stops at once, whatever fails at that moment', async () => {
  const scene = await movedScene();
  const stop = new AbortController();
  let scans = 0;
  const target = faulty(scene.target, (operation) => {
    if (operation !== 'scan') return undefined;
    scans += 1;
    stop.abort();
    return 'unavailable';
  });
  const request = requestOf(scene, { target, steps: ['validate'], threads: 1 });
  await expect(runMove(request, contextOf(scene, { signal: stop.signal }))).rejects.toMatchObject({
    code: 'MOVE_INTERRUPTED',
  });
  expect(scans).toBe(1);
});

test('A lost lease stops at once, whatever fails at that moment', async () => {
  const scene = await movedScene();
  const target = wrapped(scene.target, (table) => {
    table.scan = async () => {
      for (const { id } of await scene.control.sessions()) await scene.control.endSession(id);
      await scene.clock.advance(60_000);
      throw Object.assign(new Error('no answer'), { code: 'TABLE_TIMEOUT', effect: 'none' });
    };
    return table;
  });
  const request = requestOf(scene, { target, steps: ['validate'], threads: 1 });
  await expect(runMove(request, contextOf(scene))).rejects.toMatchObject({ code: 'CONTROL_LEASE_LOST' });
});

test('A report that cannot be written is no failure of the store, and ends the validation', async () => {
  const scene = await movedScene();
  await spoil(scene);
  const full = Object.assign(new Error('disk full'), { code: 'TABLE_FULL', effect: 'none' });
  const context = contextOf(scene, { onDifference: () => Promise.reject(full) });
  await expect(runMove(requestOf(scene, { steps: ['validate'] }), context)).rejects.toBe(full);
});

test('With hashes, tables that are equal are compared without reading a row', async () => {
  const scene = await movedScene(rows, { rangeHash: true });
  const found = await validate(scene, (operation) => (operation === 'scan' ? 'unavailable' : undefined));
  expect(found).toEqual({ compared: 60, notCompared: 0, missing: 0, extra: 0, different: 0 });
});
