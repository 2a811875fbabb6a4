import { VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { PlainView } from '../../src/output/plain-view.ts';
import { CapturedOutput } from '../support/captured-output.ts';
import { copied, copyFinished, copyStarted, started } from '../support/events.ts';

function setUp() {
  const output = new CapturedOutput();
  const clock = new VirtualClock();
  const view = new PlainView(output, clock);
  view.onEvent(started);
  view.onEvent(copyStarted);
  return { output, clock, view };
}

describe('plain lines', () => {
  test('say which job does what', () => {
    expect(setUp().output.text).toBe('job j1: setup, copy, validate (2 tables)\n');
  });

  test('say that a job is gone on with', () => {
    const output = new CapturedOutput();
    new PlainView(output, new VirtualClock()).onEvent({ ...started, resumed: true } as typeof started);
    expect(output.text).toBe('job j1: going on with setup, copy, validate (2 tables)\n');
  });

  test('give the total of all tables every two seconds', async () => {
    const { output, clock, view } = setUp();
    view.onEvent(copied('orders', 10));
    view.onEvent(copied('places', 0));
    await clock.advance(1_999);
    view.onEvent(copied('orders', 20));
    await clock.advance(1);
    view.onEvent(copied('orders', 100, { rowsPerSecond: 50, etaSeconds: 18 }));
    expect(output.lines.slice(1)).toEqual([
      'copy: copying, 100 of 2,000 rows (5%), 50 rows/s, about 38 s left',
    ]);
  });

  test('end a step with its rows and its time', async () => {
    const { output, clock, view } = setUp();
    view.onEvent(copied('orders', 1000, { finished: true }));
    await clock.advance(1_500);
    view.onEvent(copyFinished);
    expect(output.lines.at(-1)).toBe('copy: done, 1,000 rows in 1.5 s');
  });

  test('use no colour', () => {
    expect(setUp().output.text).not.toContain('\u001b');
  });
});
