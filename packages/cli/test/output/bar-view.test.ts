import { stripVTControlCharacters } from 'node:util';
import { VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { BarView } from '../../src/output/bar-view.ts';
import { CapturedOutput } from '../support/captured-output.ts';
import { copied, copyFinished, copyStarted, started } from '../support/events.ts';

function setUp() {
  const output = new CapturedOutput(true);
  const view = new BarView(output, new VirtualClock());
  view.onEvent(started);
  return { output, view };
}

describe('bars on a terminal', () => {
  test('show each table and the total', async () => {
    const { output, view } = setUp();
    view.onEvent(copyStarted);
    view.onEvent(copied('orders', 250));
    view.onEvent(copied('places', 750));
    await untilShown(output, 'places  ███████████████░░░░░  750 of 1,000 rows (75%)');
    await view.close();
    expect(stripVTControlCharacters(output.text)).toContain(
      'copying  ██████████░░░░░░░░░░  1,000 of 2,000 rows (50%)',
    );
  });

  test('leave the total standing when the step has finished', async () => {
    const { output, view } = setUp();
    view.onEvent(copyStarted);
    view.onEvent(copied('orders', 1000, { finished: true }));
    view.onEvent(copied('places', 1000, { finished: true }));
    view.onEvent(copyFinished);
    await view.close();
    expect(lastLine(output)).toContain('✔ copying  ████████████████████  2,000 of 2,000 rows (100%)');
  });

  test('mark the tables that did not come to their end', async () => {
    const { output, view } = setUp();
    view.onEvent(copyStarted);
    view.onEvent(copied('orders', 10));
    await view.close();
    expect(stripVTControlCharacters(output.text)).toContain('✖ places');
  });

  test('say so while the run stops', async () => {
    const { output, view } = setUp();
    view.onEvent(copyStarted);
    await untilShown(output, 'copying');
    view.onStop();
    await untilShown(output, 'stopping cleanly; Ctrl-C again stops at once');
    await view.close();
  });

  test('tell of the next job only once those of the one before stand still', async () => {
    const { output, view } = setUp();
    for (const event of [copyStarted, copied('orders', 7, { finished: true }), copyFinished])
      view.onEvent(event);
    view.onEvent({ ...started, job: 'j2' } as typeof started);
    await view.close();
    expect(lastLine(output)).toMatch(/^job j2: /);
  });

  test('give the cursor back', async () => {
    const { output, view } = setUp();
    view.onEvent(copyStarted);
    await view.close();
    expect(output.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.text.lastIndexOf('\u001b[?25l'));
  });
});

async function untilShown(output: CapturedOutput, text: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!stripVTControlCharacters(output.text).includes(text)) {
    if (Date.now() > deadline) throw new Error(`never shown: ${text}\n${output.text}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function lastLine(output: CapturedOutput): string | undefined {
  return stripVTControlCharacters(output.text).trimEnd().split('\n').at(-1);
}
