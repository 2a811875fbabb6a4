import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Readable } from 'node:stream';
import Database from 'better-sqlite3';
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

/** Gathers what a stream says; resolves once it has said `text`. */
function said(stream: Readable, text: string): Promise<void> {
  let seen = '';
  return new Promise((resolve, reject) => {
    stream.once('end', () => reject(new Error(`never said ${text}:\n${seen}`)));
    stream.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes(text)) resolve();
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
      expect(lastEvent(stdout)).toMatchObject({
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

  test('is acknowledged on standard error', async () => {
    const child = place.start(...SLOW);
    const stopping = said(child.stderr, 'stopping cleanly; Ctrl-C again stops at once\n');
    await said(child.stderr, 'copy: copying');
    child.kill('SIGINT');
    await stopping;
    expect(await exitOf(child)).toBe(4);
  });

  test('a second time does not wait, and still says how it ended', async () => {
    const child = place.start(...SLOW, '--json');
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await copying(child);
    // While this transaction is open, the job cannot be let go, which the clean stop waits for.
    const control = new Database(place.path('.changeover/control.db'));
    control.exec('begin immediate');
    try {
      const acknowledged = said(child.stdout, 'stopping cleanly');
      child.kill('SIGINT');
      await acknowledged;
      child.kill('SIGINT');
      expect({ exit: await exitOf(child), stderr }).toEqual({
        exit: 4,
        stderr: expect.stringMatching(/^error: stopped at once by SIGINT \(CLI_INTERRUPTED\)\nhint: .*\n$/),
      });
    } finally {
      control.close();
    }
    expect(lastEvent(stdout)).toMatchObject({
      event: 'failed',
      exit: 4,
      code: 'CLI_INTERRUPTED',
      step: 'copy',
    });
  });
});

/** Throws where nobody waits, as soon as the move has begun. */
const PLANTED = `const write = process.stdout.write.bind(process.stdout);
process.stdout.write = (text, ...rest) => {
  if (String(text).includes('"started"')) setImmediate(() => { throw new TypeError('planted'); });
  return write(text, ...rest);
};`;

test('an error that nobody waits for is a defect, told as the last event', async () => {
  const planted = `data:text/javascript,${encodeURIComponent(PLANTED)}`;
  const child = place.startWith(['--import', planted], ...SLOW, '--json');
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  expect(await exitOf(child)).toBe(1);
  expect(lastEvent(stdout)).toMatchObject({
    event: 'failed',
    exit: 1,
    code: 'DEFECT',
    message: 'internal defect: planted',
  });
});

function lastEvent(stdout: string): unknown {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}
