import { stripVTControlCharacters } from 'node:util';
import { VirtualClock } from 'changeover/std';
import { describe, expect, test } from 'vitest';
import { LiveBarView } from '../../src/live/live-bar-view.ts';
import { CapturedOutput } from '../support/captured-output.ts';
import { phaseBegun, progress, taskFinished, taskStarted } from './live-events.ts';

function setUp() {
  const output = new CapturedOutput(true);
  return { output, view: new LiveBarView(output, new VirtualClock()) };
}

/** The lines, without what moves the cursor. */
function linesOf(output: CapturedOutput): readonly string[] {
  return stripVTControlCharacters(output.text)
    .split('\n')
    .filter((line) => line.trim() !== '');
}

describe('a bar on a terminal', () => {
  test('shows how far a task is', async () => {
    const { output, view } = setUp();
    view.onEvent(taskStarted);
    view.onEvent(progress(250));
    const bar = 'bringing partitions  █████░░░░░░░░░░░░░░░  250 of 1,000 rows (25%)';
    await expect.poll(() => stripVTControlCharacters(output.text)).toContain(bar);
    await view.close(false);
  });

  test('goes by parts where a task is not about rows', async () => {
    const { output, view } = setUp();
    view.onEvent({ ...taskStarted, task: 'retire' } as typeof taskStarted);
    view.onEvent(progress(0, { task: 'retire', shardsDone: 3 }));
    const bar = 'giving partitions up  ███████████████░░░░░  2 partitions';
    await expect.poll(() => stripVTControlCharacters(output.text)).toContain(bar);
    await view.close(false);
  });

  test('says what was done when it stands still', async () => {
    const { output, view } = setUp();
    for (const event of [taskStarted, progress(1000), taskFinished]) view.onEvent(event);
    await view.close(true);
    expect(linesOf(output).at(-1)).toContain('✔ bring: done, 4 partitions, 1,000 rows copied');
  });

  test('is crossed out where a task is given up for something else, which is told below', async () => {
    const { output, view } = setUp();
    for (const event of [taskStarted, progress(10), phaseBegun]) view.onEvent(event);
    await view.close(true);
    const lines = linesOf(output);
    expect(lines.at(-2)).toContain('✖ bringing partitions');
    expect(lines.at(-1)).toBe('phase 3, target only: telling the clients');
  });

  test('says that the run stops', async () => {
    const { output, view } = setUp();
    view.onEvent(taskStarted);
    await expect.poll(() => output.text).toContain('bringing');
    view.onStop();
    await expect.poll(() => output.text).toContain('stopping cleanly');
    await view.close(false);
  });
});
