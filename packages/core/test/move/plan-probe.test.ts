import { planMove, runMove } from 'changeover/move';
import { VirtualClock } from 'changeover/std';
import { MemoryStore } from 'changeover/table';
import { describe, expect, test } from 'vitest';
import { contextOf, faulty, newScene, numbered, requestOf } from './fixture.ts';

/** Each look at it takes a millisecond, so that whatever is measured takes some. */
class TickingClock extends VirtualClock {
  #ms = 0;

  override monotonic(): number {
    this.#ms += 1;
    return this.#ms;
  }
}

function newScratch() {
  const store = new MemoryStore({ name: 'scratch' });
  const state = { opened: 0, closed: 0, store };
  const openScratch = async () => {
    state.opened += 1;
    return {
      store,
      close: async () => {
        state.closed += 1;
      },
    };
  };
  return { state, openScratch };
}

const FORECAST_ROWS = 20_000;

describe('The probe of a plan', () => {
  test('forecasts times from a scratch, which it leaves empty and closes', async () => {
    const scene = await newScene(numbered(100));
    const { state, openScratch } = newScratch();
    const context = contextOf(scene, { clock: new TickingClock(), openScratch });
    const { forecast } = await planMove(requestOf(scene), context, { sampleRows: undefined });
    expect(forecast.copy.seconds?.atMost).toBeGreaterThan(0);
    expect(forecast.validate.seconds?.atMost).toBeGreaterThan(0);
    expect(await state.store.list({ reserved: true })).toEqual([]);
    expect(state).toMatchObject({ opened: 1, closed: 1 });
  });

  test('without a scratch knows only what reading takes', async () => {
    const scene = await newScene(numbered(100));
    const context = contextOf(scene, { clock: new TickingClock() });
    const { forecast } = await planMove(requestOf(scene), context, { sampleRows: undefined });
    expect(forecast.copy.seconds).toEqual({ atLeast: expect.any(Number), atMost: null });
  });

  test('ends after a bounded number of rows', async () => {
    const scene = await newScene(numbered(50_000));
    const { state, openScratch } = newScratch();
    let loaded = 0;
    const counting = faulty(state.store, (operation) => {
      if (operation === 'load') loaded += 1;
      return undefined;
    });
    const scratch = async () => ({ ...(await openScratch()), store: counting });
    const context = contextOf(scene, { clock: new VirtualClock(), openScratch: scratch });
    await planMove(requestOf(scene, { batchRows: 1000 }), context, { sampleRows: 10 });
    expect(loaded).toBe(20);
  });
});

describe('A move of many rows', () => {
  test('keeps its forecast, and gives it beside what it took', async () => {
    const scene = await newScene(numbered(FORECAST_ROWS));
    const { state, openScratch } = newScratch();
    const request = requestOf(scene, { batchRows: 1000 });
    const { job, forecast, taken } = await runMove(request, contextOf(scene, { openScratch }));
    expect(state.closed).toBe(1);
    expect(forecast?.copy.seconds?.atMost).toBeGreaterThan(0);
    const kept = await scene.control.get(`jobs/${job}`);
    expect(kept?.value).toMatchObject({ forecast });
    expect(taken.map(({ step }) => step)).toEqual(['setup', 'copy', 'validate']);
    expect(taken[1]?.operations).toEqual(forecast?.copy.operations);
  });

  test('tells of a scratch that cannot be had, and goes on without a forecast of time', async () => {
    const scene = await newScene(numbered(FORECAST_ROWS));
    const { openScratch } = newScratch();
    const broken = faulty(new MemoryStore(), () => 'unavailable');
    const scratch = async () => ({ ...(await openScratch()), store: broken });
    const { forecast, rows } = await runMove(requestOf(scene), contextOf(scene, { openScratch: scratch }));
    expect({ rows, seconds: forecast?.copy.seconds }).toEqual({ rows: FORECAST_ROWS, seconds: null });
    expect(scene.events).toContainEqual(
      expect.objectContaining({ event: 'notice', message: expect.stringContaining('could not be forecast') }),
    );
  });
});

test('A move of few rows does not probe, but knows its operations', async () => {
  const scene = await newScene(numbered(100));
  const { state, openScratch } = newScratch();
  const { forecast } = await runMove(requestOf(scene), contextOf(scene, { openScratch }));
  expect(state.opened).toBe(0);
  expect(forecast?.copy).toMatchObject({ seconds: null, operations: { target: { writes: 10 } } });
});

test('A copy that an earlier run began says so', async () => {
  const scene = await newScene(numbered(100));
  let loads = 0;
  const target = faulty(scene.target, (operation) =>
    operation === 'load' && ++loads > 3 ? 'unavailable' : undefined,
  );
  await expect(runMove(requestOf(scene, { target }), contextOf(scene))).rejects.toThrow();
  const { taken } = await runMove(requestOf(scene), contextOf(scene));
  expect(taken[0]).toMatchObject({ step: 'copy', resumed: true });
});
