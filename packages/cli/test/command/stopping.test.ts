import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

/** Slow enough to be stopped in the middle: some seconds' worth of rows. */
const SLOW = ['move', placesUrl('app.db'), 'sqlite:new.db#places', '--rate', '2000', '--batch-rows', '100'];

beforeEach(async () => {
  place = await Workplace.create();
  place.application('app.db', 20_000);
});

afterEach(() => place.remove());

/** Resolves when rows have been copied. */
function copying(child: ChildProcessWithoutNullStreams): Promise<void> {
  let seen = '';
  return new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error(`ended before any row was copied:\n${seen}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (/"progress".*"step":"copy".*"rows":[1-9]/.test(seen)) resolve();
    });
  });
}

function exitOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

describe('stopping a move', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'with %s ends with exit 4, and says how to go on',
    async (signal) => {
      const child = place.start(...SLOW, '--json');
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      await copying(child);
      child.kill(signal);
      expect({ exit: await exitOf(child), stderr }).toEqual({
        exit: 4,
        stderr: expect.stringContaining('the same command again'),
      });
      expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
        event: 'failed',
        exit: 4,
        step: 'copy',
      });
    },
  );

  test('and running the same command again copies the rest', async () => {
    const child = place.start(...SLOW, '--json');
    await copying(child);
    child.kill('SIGINT');
    await exitOf(child);
    const again = await place.run(...SLOW.slice(0, 3));
    expect(again, again.stderr).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/20,000 rows of 1 table, [\d,]+ rows of it in this run/),
    });
  });

  test('shows in its status as interrupted', async () => {
    const child = place.start(...SLOW, '--json');
    await copying(child);
    child.kill('SIGINT');
    await exitOf(child);
    expect((await place.run('status')).stdout).toContain('interrupted (copy)');
  });

  test('by closing standard output is quiet', async () => {
    const child = place.start(...SLOW, '--json');
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await copying(child);
    child.stdout.destroy();
    expect({ exit: await exitOf(child), stderr }).toEqual({ exit: 4, stderr: '' });
  });
});
