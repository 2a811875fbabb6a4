import { Readable } from 'node:stream';
import { seededRandom, VirtualClock } from 'changeover/std';
import { expect, test } from 'vitest';
import { RowProgress } from '../../src/file/row-progress.ts';
import { CapturedOutput } from '../support/captured-output.ts';

function setUp(terminal: boolean) {
  const clock = new VirtualClock();
  const stderr = new CapturedOutput(terminal);
  const { signal } = new AbortController();
  const rest = { stdout: new CapturedOutput(), stdin: Readable.from([]), env: {}, cwd: '/', signal };
  const io = { ...rest, stderr, clock, random: seededRandom(1) };
  const about = { table: 'orders', doing: 'exporting orders' };
  return { clock, stderr, progress: new RowProgress(about, {}, { io, json: undefined }) };
}

test('a log gets a line every two seconds', async () => {
  const { clock, stderr, progress } = setUp(false);
  progress.begin(1000);
  progress.add(10, 100);
  await clock.advance(2_000);
  progress.add(490, 4_900);
  progress.finish();
  expect(stderr.text).toBe('exporting orders: 500 of 1,000 rows (50%), 250 rows/s, about 2 s left\n');
});

test('a terminal has one line, which is drawn anew, and is gone at the end', async () => {
  const { clock, stderr, progress } = setUp(true);
  progress.begin(null);
  await clock.advance(2_000);
  progress.add(500, 5_000);
  progress.finish();
  expect(stderr.text.split('\r\u001b[2K')).toEqual(['', 'exporting orders  500 rows, 250 rows/s', '']);
});
