import { VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { LivePlainView } from '../../src/live/live-plain-view.ts';
import { CapturedOutput } from '../support/captured-output.ts';
import { phaseBegun, progress, taskFinished, taskStarted } from './live-events.ts';

function setUp() {
  const output = new CapturedOutput();
  const clock = new VirtualClock();
  return { output, clock, view: new LivePlainView(output, clock) };
}

describe('plain lines', () => {
  test('say which phase is begun', () => {
    const { output, view } = setUp();
    view.onEvent(phaseBegun);
    expect(output.lines).toEqual(['phase 3, target only: telling the clients']);
  });

  test('say whom it waits for, and how long', () => {
    const { output, view } = setUp();
    const client = { label: 'shop', pid: 7, host: 'h', group: 'g1', leaseUntilMs: 15_000 };
    view.onEvent({ event: 'waiting', clients: [client] });
    view.onEvent({ event: 'waiting', clients: [] });
    expect(output.lines).toEqual([
      'waiting for shop (process 7 on h, group g1), which must be heard from by 1970-01-01 00:00:15 UTC',
    ]);
  });

  test('tell how far a task is every two seconds', async () => {
    const { output, clock, view } = setUp();
    view.onEvent(taskStarted);
    await clock.advance(1_999);
    view.onEvent(progress(100));
    await clock.advance(1);
    view.onEvent(progress(200, { rowsPerSecond: 100, etaSeconds: 8 }));
    expect(output.lines).toEqual([
      'bring: bringing partitions, 200 of 1,000 rows (20%), 100 rows/s, about 8 s left, 2 partitions',
    ]);
  });

  test('end a task with what was done and its time', async () => {
    const { output, clock, view } = setUp();
    view.onEvent(taskStarted);
    await clock.advance(1_500);
    view.onEvent(taskFinished);
    expect(output.lines).toEqual(['bring: done, 4 partitions, 1,000 rows copied in 1.5 s']);
  });
});
