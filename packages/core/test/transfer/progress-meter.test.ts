import { VirtualClock } from 'changeover/std';
import { ProgressMeter } from 'changeover/transfer';
import { expect, test } from 'vitest';

async function addSteadily(
  clock: VirtualClock,
  meter: ProgressMeter,
  seconds: number,
  rowsPerSecond: number,
) {
  for (let tenth = 0; tenth < seconds * 10; tenth += 1) {
    await clock.advance(100);
    meter.add(rowsPerSecond / 10, 0);
  }
}

test('The time left is the rest at the rate of late', async () => {
  const clock = new VirtualClock();
  const meter = new ProgressMeter(clock, { rows: 0, bytes: 0 }, 100_000);
  await addSteadily(clock, meter, 10, 1_000);
  expect(meter.read()).toMatchObject({ rows: 10_000, rowsPerSecond: 1_000, etaSeconds: 90 });
});

test('Rows of earlier runs are done, but say nothing about the rate', async () => {
  const clock = new VirtualClock();
  const meter = new ProgressMeter(clock, { rows: 90_000, bytes: 0 }, 100_000);
  await addSteadily(clock, meter, 2, 500);
  expect(meter.read()).toMatchObject({ rows: 91_000, rowsPerSecond: 500, etaSeconds: 18 });
});

test('A change of rate shows after the window has passed', async () => {
  const clock = new VirtualClock();
  const meter = new ProgressMeter(clock, { rows: 0, bytes: 0 }, 1_000_000);
  await addSteadily(clock, meter, 20, 10_000);
  await addSteadily(clock, meter, 11, 1_000);
  expect(meter.read().rowsPerSecond).toBeLessThan(1_200);
});

test('There is no time left to tell in the first second, without a total, or while nothing moves', async () => {
  const clock = new VirtualClock();
  const early = new ProgressMeter(clock, { rows: 0, bytes: 0 }, 10_000);
  const endless = new ProgressMeter(clock, { rows: 0, bytes: 0 }, null);
  const stuck = new ProgressMeter(clock, { rows: 5, bytes: 0 }, 10);
  await clock.advance(900);
  early.add(500, 0);
  expect(early.read().etaSeconds).toBeNull();
  await clock.advance(20_000);
  expect([endless.read().etaSeconds, stuck.read().etaSeconds]).toEqual([null, null]);
});

test('A total that turns out too small grows with the rows', () => {
  const meter = new ProgressMeter(new VirtualClock(), { rows: 0, bytes: 0 }, 10);
  meter.add(12, 0);
  expect(meter.read().totalRows).toBe(12);
});
