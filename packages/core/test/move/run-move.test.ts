import { MemoryControl } from 'changeover/control';
import { jobStatus, runMove } from 'changeover/move';
import { seededRandom } from 'changeover/std';
import { type Fault, MemoryStore, parseFilter, type RowData } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import {
  beforeFirstLoad,
  contextOf,
  faulty,
  newScene,
  numbered,
  owner,
  put,
  remove,
  requestOf,
  rowsOf,
  wrapped,
} from './fixture.ts';

const rows = numbered(100);

describe('A whole move', () => {
  test('leaves the target with exactly the rows of the source, and says so', async () => {
    const scene = await newScene(rows);
    const result = await runMove(requestOf(scene), contextOf(scene));
    expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
    expect(result).toMatchObject({
      rows: 100,
      validation: { compared: 100, notCompared: 0, missing: 0, extra: 0, different: 0 },
    });
  });

  test('of an empty table makes an empty table', async () => {
    const scene = await newScene([]);
    await runMove(requestOf(scene), contextOf(scene));
    expect(await rowsOf(scene.target)).toEqual([]);
  });

  test('of several tables moves each to its own name', async () => {
    const scene = await newScene(rows);
    await scene.source.create('u');
    await put(scene.source, numbered(7), 'u');
    const tables = [
      { source: 't', target: 't2' },
      { source: 'u', target: 'u' },
    ];
    await runMove(requestOf(scene, { tables }), contextOf(scene));
    expect(await rowsOf(scene.target, 't2')).toEqual(await rowsOf(scene.source));
    expect(await rowsOf(scene.target, 'u')).toEqual(
      numbered(7).toSorted((a, b) => (a.partitionKey < b.partitionKey ? -1 : 1)),
    );
  });

  test('reports progress of every table that ends at its number of rows', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene), contextOf(scene));
    const last = scene.events.filter((event) => event.event === 'progress' && event.finished);
    expect(last).toMatchObject([
      { step: 'copy', table: 't', rows: 100, totalRows: 100 },
      { step: 'validate', table: 't', rows: 100, totalRows: 100 },
    ]);
  });

  test('is kept in the journal', async () => {
    const scene = await newScene(rows);
    const { job } = await runMove(requestOf(scene), contextOf(scene));
    expect(await scene.control.journal(0, `jobs/${job}`)).toMatchObject([
      { who: 'test', what: 'began setup, copy, validate' },
    ]);
  });
});

describe('A refused move writes nothing anywhere:', () => {
  async function refusal(
    change: (scene: Awaited<ReturnType<typeof newScene>>) => Promise<Parameters<typeof requestOf>[1]>,
    code: string,
  ): Promise<void> {
    const scene = await newScene(rows);
    const request = requestOf(scene, await change(scene));
    const before = await scene.target.list({ reserved: true });
    await expect(runMove(request, contextOf(scene))).rejects.toMatchObject({ code, effect: 'none' });
    expect(await scene.target.list({ reserved: true })).toEqual(before);
    expect(await scene.control.list('')).toEqual([]);
    expect(await scene.control.sessions()).toEqual([]);
  }

  test('onto itself', () => refusal(async (scene) => ({ target: scene.source }), 'MOVE_SAME_PLACE'));

  test('onto a table that it moves as well, which would be dropped before it was read', () =>
    refusal(async (scene) => {
      await scene.source.create('u');
      const tables = [
        { source: 't', target: 'u' },
        { source: 'u', target: 'v' },
      ];
      return { target: scene.source, tables, recreate: true };
    }, 'MOVE_SAME_PLACE'));

  test('of a table that is not there', () =>
    refusal(async () => ({ tables: [{ source: 'none', target: 'none' }] }), 'TABLE_NOT_FOUND'));

  test('into a table with rows of somebody else', () =>
    refusal(async (scene) => {
      await scene.target.create('t');
      await put(scene.target, numbered(1));
      return {};
    }, 'MOVE_NOT_EMPTY'));

  test('of a source that uses reserved names', () =>
    refusal(async (scene) => {
      const table = await scene.source.open('t', { reserved: true });
      const row = { partitionKey: 'p0', rowKey: '_changeover.meta', properties: {} };
      await table.write([{ kind: 'insert', ...row }]);
      return {};
    }, 'MOVE_RESERVED_NAMES'));

  test('of a value that the target cannot hold', () =>
    refusal(async () => {
      const target = new MemoryStore({ name: 'poor', manifest: { valueTypes: ['string'] } });
      return { target };
    }, 'MOVE_NOT_REPRESENTABLE'));

  test('that would drop a table of an application', () =>
    refusal(async () => {
      const target = new MemoryStore({ name: 'mapped', manifest: { layout: 'mapped' } });
      await target.create('t');
      await put(target, numbered(1));
      return { target, recreate: true };
    }, 'MOVE_TARGET_UNFIT'));

  test('of a copy with nothing set up', () => refusal(async () => ({ steps: ['copy'] }), 'MOVE_NOT_SET_UP'));
});

test('A refusal names the table, the row and the property that do not fit', async () => {
  const scene = await newScene(rows);
  const target = new MemoryStore({ name: 'poor', manifest: { valueTypes: ['string'] } });
  await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toThrow(
    /table "t", row "p0"\/"00000": property "n" has the type int32/,
  );
});

describe('A target that holds rows', () => {
  const other = { partitionKey: 'z', rowKey: 'z', properties: {} };

  test('keeps them with consent to write beside them', async () => {
    const scene = await newScene(rows);
    await scene.target.create('t');
    await put(scene.target, [other]);
    const { validation } = await runMove(requestOf(scene, { intoExisting: true }), contextOf(scene));
    expect(await rowsOf(scene.target)).toHaveLength(101);
    expect(validation).toMatchObject({ extra: 1, missing: 0, different: 0 });
  });

  test('loses them with consent to recreate', async () => {
    const scene = await newScene(rows);
    await scene.target.create('t');
    await put(scene.target, [other]);
    await runMove(requestOf(scene, { recreate: true }), contextOf(scene));
    expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
  });
});

describe('A finished job', () => {
  test('is not copied again without consent', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene), contextOf(scene));
    await expect(runMove(requestOf(scene), contextOf(scene))).rejects.toMatchObject({
      code: 'MOVE_ALREADY_COPIED',
    });
  });

  test('is copied anew after --recreate, with what the source holds now', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene), contextOf(scene));
    await put(scene.source, numbered(120));
    await runMove(requestOf(scene, { recreate: true }), contextOf(scene));
    expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
  });

  test('can be validated again and again', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene), contextOf(scene));
    await remove(scene.target, rows[5] as RowData);
    const { validation } = await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
    expect(validation).toMatchObject({ compared: 100, missing: 1 });
    await put(scene.target, [rows[5] as RowData]);
    const again = await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
    expect(again.validation).toMatchObject({ compared: 100, missing: 0 });
  });

  test('says when the source has changed since the copy began', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene), contextOf(scene));
    await put(scene.source, numbered(101).slice(100));
    await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
    expect(scene.events.filter(({ event }) => event === 'notice')).toMatchObject([
      { message: expect.stringContaining('"t" changed since the copy began') },
    ]);
  });
});

describe('A move that fails at its', () => {
  const faults: readonly Fault[] = ['lostRequest', 'lostReply', 'unavailable', 'throttled'];
  const points = [1, 2, 3, 5, 8, 10].flatMap((point) => faults.map((fault) => ({ point, fault })));

  test.each(points)('load number $point with $fault goes on where it stood', async ({ point, fault }) => {
    const scene = await newScene(rows);
    let loads = 0;
    const target = faulty(scene.target, (operation) =>
      operation === 'load' && ++loads === point ? fault : undefined,
    );
    await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toMatchObject({
      code: expect.stringMatching(/^TABLE_(TIMEOUT|UNAVAILABLE|THROTTLED)$/),
    });
    const { validation, rows: moved } = await runMove(requestOf(scene), contextOf(scene));
    expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
    expect(validation).toMatchObject({ compared: 100, missing: 0, extra: 0, different: 0 });
    expect(moved).toBe(100);
    expect(scene.events.filter(({ event }) => event === 'started')).toMatchObject([
      { resumed: false },
      { resumed: true },
    ]);
  });
});

test('An interrupted move says so, and goes on where it stood without copying a row again', async () => {
  const scene = await newScene(rows);
  const stop = new AbortController();
  let copied = 0;
  const context = contextOf(scene, {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.event === 'stepStarted' && event.step === 'validate') stop.abort();
      if (event.event === 'progress' && event.step === 'copy') copied = event.rows;
    },
  });
  await expect(runMove(requestOf(scene), context)).rejects.toMatchObject({ code: 'MOVE_INTERRUPTED' });
  expect(copied).toBe(100);
  await runMove(requestOf(scene), contextOf(scene));
  expect(scene.events.filter((event) => event.event === 'progress' && event.step === 'copy')).toEqual([]);
  expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
});

describe('A copy that was cut short', () => {
  async function cutShort(steps: Parameters<typeof requestOf>[1]) {
    const scene = await newScene(rows);
    let loads = 0;
    const target = faulty(scene.target, (operation) =>
      operation === 'load' && ++loads === 5 ? 'throttled' : undefined,
    );
    await expect(runMove(requestOf(scene, { ...steps, target }), contextOf(scene))).rejects.toThrow();
    return scene;
  }

  test('goes on by the same command, whatever steps that names', async () => {
    const steps = { steps: ['setup', 'copy'] } as const;
    const scene = await cutShort(steps);
    await runMove(requestOf(scene, steps), contextOf(scene));
    expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
  });

  test('into a target that is gone makes nothing there', async () => {
    const scene = await cutShort({});
    const target = new MemoryStore({ name: 'target' });
    await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toMatchObject({
      code: 'MOVE_CHECKPOINT_UNUSABLE',
    });
    expect(await target.list({ reserved: true })).toEqual([]);
  });

  test('began when it first began: a change of the source before it went on is told', async () => {
    const scene = await cutShort({});
    await put(scene.source, [rows[0] as RowData]);
    await runMove(requestOf(scene), contextOf(scene));
    expect(scene.events.filter(({ event }) => event === 'notice')).toMatchObject([
      { message: expect.stringContaining('changed since the copy began') },
    ]);
  });
});

test('A job that another living process works on is refused', async () => {
  const scene = await newScene(rows);
  const second = contextOf(scene, { owner: { ...owner, pid: 2, label: 'second' } });
  let refused: Promise<unknown> = Promise.resolve();
  const first = contextOf(scene, {
    onEvent: (event) => {
      if (event.event === 'stepStarted' && event.step === 'copy')
        refused = runMove(requestOf(scene), second).catch((error) => error);
    },
  });
  await runMove(requestOf(scene), first);
  expect(await refused).toMatchObject({ code: 'MOVE_JOB_RUNNING' });
});

test('A target into which a job of another control store still writes is refused', async () => {
  const scene = await newScene(rows);
  const target = faulty(scene.target, (operation) => (operation === 'load' ? 'throttled' : undefined));
  await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toMatchObject({
    code: 'TABLE_THROTTLED',
  });
  const elsewhere = new MemoryControl({ clock: scene.clock, random: seededRandom(2) });
  await expect(runMove(requestOf(scene), contextOf(scene, { control: elsewhere }))).rejects.toMatchObject({
    code: 'MOVE_JOB_ELSEWHERE',
    message: expect.stringContaining('kept in the control store memory'),
  });
  await runMove(requestOf(scene, { recreate: true }), contextOf(scene, { control: elsewhere }));
  expect(await rowsOf(scene.target)).toEqual(await rowsOf(scene.source));
});

test('A worker that was overtaken writes neither its rows nor its checkpoint', async () => {
  const scene = await newScene(rows);
  const elsewhere = new MemoryControl({ clock: scene.clock, random: seededRandom(2) });
  const target = wrapped(scene.target, (table) =>
    // While the first stands still before its first batch, a second one takes the whole job over and ends it.
    beforeFirstLoad(table, async () => {
      await runMove(requestOf(scene, { recreate: true }), contextOf(scene, { control: elsewhere }));
      await remove(scene.target, rows[0] as RowData);
    }),
  );
  await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toMatchObject({
    code: 'MOVE_OWNERSHIP_LOST',
  });
  expect(await rowsOf(scene.target)).toHaveLength(99);
});

describe('With a filter,', () => {
  const filter = parseFilter('n lt 50');

  test('only the rows that match are moved', async () => {
    const scene = await newScene(rows);
    const { rows: moved, validation } = await runMove(requestOf(scene, { filter }), contextOf(scene));
    expect([moved, validation?.compared, validation?.extra]).toEqual([50, 50, 0]);
  });

  test('a second pass over the rest, into the same table, finds what was deleted between the passes', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene, { filter }), contextOf(scene));
    await remove(scene.source, rows[10] as RowData);
    const rest = requestOf(scene, { filter: parseFilter('n ge 50'), intoExisting: true });
    expect((await runMove(rest, contextOf(scene))).validation).toMatchObject({ compared: 50, extra: 0 });
    const whole = await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
    expect(whole.validation).toEqual({ compared: 100, notCompared: 0, missing: 0, extra: 1, different: 0 });
  });

  test('a row that moved out of the filter on one side is different, neither missing nor extra', async () => {
    const scene = await newScene(rows);
    await runMove(requestOf(scene, { filter }), contextOf(scene));
    const [first, second] = rows as [RowData, RowData];
    await put(scene.source, [{ ...first, properties: { n: { type: 'int32', value: 99 } } }]);
    await put(scene.target, [{ ...second, properties: { n: { type: 'int32', value: 99 } } }]);
    const { validation } = await runMove(requestOf(scene, { filter, steps: ['validate'] }), contextOf(scene));
    expect(validation).toEqual({ compared: 50, notCompared: 0, missing: 0, extra: 0, different: 2 });
  });
});

test('A job shows where it stands', async () => {
  const scene = await newScene(rows);
  const context = { control: scene.control, clock: scene.clock, probe: () => 'alive' as const };
  const { job } = await runMove(requestOf(scene), contextOf(scene));
  expect(await jobStatus(context, job)).toMatchObject({
    state: 'finished',
    tables: [{ rows: 100, totalRows: 100 }],
  });
});

test('A job that only compared is finished, and a move of the same tables is still to be done', async () => {
  const scene = await newScene(rows);
  await scene.target.create('t');
  const context = { control: scene.control, clock: scene.clock, probe: () => 'alive' as const };
  const { job } = await runMove(requestOf(scene, { steps: ['validate'] }), contextOf(scene));
  expect(await jobStatus(context, job)).toMatchObject({ state: 'finished', validation: { missing: 100 } });
  await runMove(requestOf(scene), contextOf(scene));
  expect(await jobStatus(context, job)).toMatchObject({ state: 'finished', validation: { missing: 0 } });
});
