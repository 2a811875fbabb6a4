import { MemoryControl } from 'changeover/control';
import { planMove, runMove } from 'changeover/move';
import { seededRandom } from 'changeover/std';
import { type Manifest, MemoryStore, parseFilter, type RowData } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { contextOf, newScene, numbered, put, requestOf, type Scene } from './fixture.ts';

const rows = numbered(100);
const ALL = { sampleRows: undefined };

function poor(manifest: Partial<Manifest>): MemoryStore {
  return new MemoryStore({ name: 'poor', manifest });
}

function codesOf({ refusals }: Awaited<ReturnType<typeof planMove>>): readonly string[] {
  return refusals.map(({ code }) => code);
}

describe('A plan', () => {
  test('says what a move would do, and writes nothing anywhere', async () => {
    const scene = await newScene(rows);
    const plan = await planMove(requestOf(scene), contextOf(scene), ALL);
    expect(plan).toMatchObject({ resumed: false, steps: ['setup', 'copy', 'validate'], refusals: [] });
    expect(await scene.target.list({ reserved: true })).toEqual([]);
    expect(await scene.control.list('')).toEqual([]);
    expect(await scene.control.sessions()).toEqual([]);
  });

  test('has the job that a move with the same request begins', async () => {
    const scene = await newScene(rows);
    const { job } = await planMove(requestOf(scene), contextOf(scene), ALL);
    expect((await runMove(requestOf(scene), contextOf(scene))).job).toBe(job);
  });

  test.each([
    ['absent', async () => undefined],
    ['empty', (scene: Scene) => scene.target.create('t')],
    [
      'filled',
      async (scene: Scene) => {
        await scene.target.create('t');
        await put(scene.target, numbered(1));
      },
    ],
  ] as const)('says that a target table is %s', async (state, prepare) => {
    const scene = await newScene(rows);
    await prepare(scene);
    const { tables } = await planMove(requestOf(scene), contextOf(scene), ALL);
    expect(tables[0]?.target.state).toBe(state);
  });

  test('names the consent that a filled target needs', async () => {
    const scene = await newScene(rows);
    await scene.target.create('t');
    await put(scene.target, numbered(1));
    const plan = await planMove(requestOf(scene), contextOf(scene), ALL);
    expect(plan.tables[0]?.consents).toEqual(['intoExisting', 'recreate']);
    expect(codesOf(plan)).toEqual(['MOVE_NOT_EMPTY']);
  });

  test('of a finished move says that there is nothing left to do', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene), contextOf(scene));
    const plan = await planMove(requestOf(scene), contextOf(scene), ALL);
    expect({ steps: plan.steps, codes: codesOf(plan) }).toEqual({
      steps: [],
      codes: ['MOVE_ALREADY_COPIED'],
    });
  });

  test('of a begun move says what is left, and needs no consent for what the job wrote itself', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene, { steps: ['setup', 'copy'] }), contextOf(scene));
    const plan = await planMove(requestOf(scene), contextOf(scene), ALL);
    expect(plan).toMatchObject({ resumed: true, steps: ['validate'], refusals: [] });
  });

  test('tells of the mark that an unfinished job of another control store left in the target', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene, { steps: ['setup'] }), contextOf(scene));
    const control = new MemoryControl({ clock: scene.clock, random: seededRandom(2) });
    const plan = await planMove(requestOf(scene), contextOf(scene, { control }), ALL);
    expect(plan.tables[0]?.mark).toMatchObject({ state: 'live', control: scene.control.identity });
    expect(codesOf(plan)).toEqual(['MOVE_JOB_ELSEWHERE']);
  });

  test('lists every reason of every table, not only the first', async () => {
    const scene = await newScene(rows);
    const reserved = await scene.source.open('t', { reserved: true });
    const meta = { partitionKey: 'p0', rowKey: '_changeover.meta', properties: {} };
    await reserved.write([{ kind: 'insert', ...meta }]);
    await scene.source.create('u');
    const target = poor({ valueTypes: ['string'] });
    await target.create('t');
    await put(target, [{ partitionKey: 'a', rowKey: 'a', properties: {} }]);
    await target.create('u');
    await put(target, [{ partitionKey: 'a', rowKey: 'a', properties: {} }], 'u');
    const tables = ['t', 'u'].map((name) => ({ source: name, target: name }));
    const plan = await planMove(requestOf(scene, { target, tables }), contextOf(scene), ALL);
    expect(codesOf(plan)).toEqual([
      'MOVE_RESERVED_NAMES',
      'MOVE_NOT_EMPTY',
      'MOVE_NOT_REPRESENTABLE',
      'MOVE_NOT_EMPTY',
    ]);
  });

  test('of a table onto itself is refused', async () => {
    const scene = await newScene(rows);
    const plan = await planMove(requestOf(scene, { target: scene.source }), contextOf(scene), ALL);
    expect(codesOf(plan)).toContain('MOVE_SAME_PLACE');
  });

  test('of a table that is not there is an error', async () => {
    const scene = await newScene(rows);
    const request = requestOf(scene, { tables: [{ source: 'none', target: 'none' }] });
    await expect(planMove(request, contextOf(scene), ALL)).rejects.toMatchObject({ code: 'TABLE_NOT_FOUND' });
  });
});

describe('A survey', () => {
  async function survey(
    data: readonly RowData[],
    change: Parameters<typeof requestOf>[1],
    sampleRows?: number,
  ) {
    const scene = await newScene(data);
    const plan = await planMove(requestOf(scene, change), contextOf(scene), { sampleRows });
    const [table] = plan.tables;
    if (!table) throw new Error('the plan has no table');
    return table.survey;
  }

  test('by a scan counts rows and bytes exactly', async () => {
    expect(await survey(rows, {})).toMatchObject({
      coverage: 'scan',
      rowsLookedAt: 100,
      rows: { value: 100, exact: true },
      // Each of 100 rows: keys 2 + 5, names 1 + 2, an int32, and "row " with one or two digits.
      bytes: { value: 100 * (7 + 3 + 4 + 4) + 10 + 90 * 2, exact: true },
      largest: { rowBytes: 20, keyBytes: 5, properties: 2, propertyNameBytes: 2 },
    });
  });

  test('with a filter counts the rows that match', async () => {
    const filter = parseFilter('n lt 30');
    expect(await survey(rows, { filter })).toMatchObject({ rows: { value: 30, exact: true } });
  });

  test('by a sample says that it is one, and looks at few rows', async () => {
    const found = await survey(numbered(20_000), {}, 100);
    expect(found).toMatchObject({ coverage: 'sample', rows: { value: 20_000 }, bytes: { exact: false } });
    expect(found.rowsLookedAt).toBeLessThanOrEqual(164);
  });

  test('by a sample with a filter estimates the rows that match', async () => {
    const filter = parseFilter("PartitionKey ne 'p0'");
    const { rows: found } = await survey(numbered(12_000, 4), { filter }, 1_200);
    expect(found?.exact).toBe(false);
    expect(found?.value).toBeGreaterThan(7_500);
    expect(found?.value).toBeLessThan(10_500);
  });

  test('groups what the target cannot hold by property and reason, with the first key of each', async () => {
    const target = poor({ valueTypes: ['string'] });
    expect((await survey(rows, { target })).problems).toEqual([
      {
        property: 'n',
        reason: 'has the type int32, which the store memory does not have',
        example: { partitionKey: 'p0', rowKey: '00000' },
        rows: 100,
      },
    ]);
  });

  test('takes reasons that differ in a number only for one', async () => {
    const target = poor({ limits: { keyBytes: 99, rowBytes: 10, properties: 9, propertyNameBytes: 9 } });
    const { problems } = await survey(rows, { target });
    expect(problems).toMatchObject([{ property: null, rows: 100 }]);
  });

  test('lists a bounded number of kinds of problems, and counts the rest', async () => {
    const wide = Array.from({ length: 30 }, (_, index) => ({
      partitionKey: 'p',
      rowKey: String(index).padStart(2, '0'),
      properties: { ['abcdefghijklmnopqrstuvwxyzABCD'.charAt(index)]: { type: 'int32', value: 1 } },
    })) satisfies readonly RowData[];
    const found = await survey(wide, { target: poor({ valueTypes: ['string'] }) });
    expect({ listed: found.problems.length, other: found.otherProblemRows }).toEqual({
      listed: 20,
      other: 10,
    });
  });
});
