import { VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { JsonLines } from '../../src/output/json-lines.ts';
import { JsonView } from '../../src/output/json-view.ts';
import { CapturedOutput } from '../support/captured-output.ts';
import { copied, copyFinished, copyStarted, started } from '../support/events.ts';

function setUp() {
  const output = new CapturedOutput();
  const clock = new VirtualClock(Date.UTC(2026, 0, 2));
  const lines = new JsonLines(output, clock);
  return { output, clock, lines, view: new JsonView(lines, clock) };
}

describe('the events of --json', () => {
  test('begin with version, name, time, job and step', () => {
    const { output, view } = setUp();
    view.onEvent(copyStarted);
    expect(output.text).toBe(
      '{"v":1,"event":"stepStarted","time":"2026-01-02T00:00:00.000Z","job":"j1","step":"copy"}\n',
    );
  });

  test('name no job before there is one', () => {
    const { output, view } = setUp();
    view.onControl('/c.db');
    expect(output.events).toMatchObject([{ event: 'control', job: null, step: null, location: '/c.db' }]);
  });

  test('keep the step that a failure happened in', () => {
    const { output, lines } = setUp();
    lines.follow(copyStarted);
    lines.fail({ code: 'TABLE_FULL', exit: 4, message: 'full', hint: 'make room' });
    expect(output.events.at(-1)).toMatchObject({
      event: 'failed',
      job: 'j1',
      step: 'copy',
      exit: 4,
      hint: 'make room',
    });
  });

  test('are about no step once it has finished', () => {
    const { output, lines } = setUp();
    for (const event of [copyStarted, copyFinished]) lines.follow(event);
    lines.write({ event: 'done' });
    expect(output.events).toMatchObject([{ event: 'done', job: 'j1', step: null }]);
  });

  test('tell the progress of each table four times a second at most', async () => {
    const { output, view, clock } = setUp();
    view.onEvent(started);
    for (let rows = 0; rows < 100; rows += 1) {
      view.onEvent(copied('orders', rows));
      view.onEvent(copied('places', rows));
      await clock.advance(10);
    }
    const shown = output.events.filter(({ event }) => event === 'progress').map(({ table }) => table);
    expect(shown).toEqual(['orders', 'places', 'orders', 'places', 'orders', 'places', 'orders', 'places']);
  });

  test('always tell the last progress of a table', () => {
    const { output, view } = setUp();
    view.onEvent(copied('orders', 0));
    view.onEvent(copied('orders', 5));
    view.onEvent(copied('orders', 9, { finished: true }));
    expect(output.events.map(({ rows }) => rows)).toEqual([0, 9]);
  });
});
