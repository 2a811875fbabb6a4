import { Writable } from 'node:stream';
import { VirtualClock } from 'changeover/std';
import { expect, test } from 'vitest';
import { JsonLines } from '../../src/output/json-lines.ts';
import { JsonView } from '../../src/output/json-view.ts';
import { TextOutput } from '../../src/text-output.ts';
import { copied } from '../support/events.ts';

/** A reader that takes nothing until it is told to. */
function stuckStream() {
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    highWaterMark: 100,
    write: (_chunk, _encoding, done) => void waiting.push(done),
  });
  return { stream, waiting };
}

test('progress is left out while the reader of --json is behind, except the last', async () => {
  const { stream } = stuckStream();
  const clock = new VirtualClock();
  const view = new JsonView(new JsonLines(new TextOutput(stream), clock), clock);
  view.onEvent(copied('orders', 0));
  for (let rows = 1; rows < 1000; rows += 1) {
    await clock.advance(300);
    view.onEvent(copied('orders', rows));
  }
  const before = stream.writableLength;
  view.onEvent(copied('orders', 1000, { finished: true }));
  expect({ before, grew: stream.writableLength > before }).toEqual({
    before: expect.toSatisfy((n: number) => n < 500),
    grew: true,
  });
});

test('flushing waits until the reader has taken everything', async () => {
  const { stream, waiting } = stuckStream();
  const output = new TextOutput(stream);
  output.line('first');
  let flushed = false;
  const flushing = output.flush().then(() => {
    flushed = true;
  });
  await Promise.resolve();
  const early = flushed;
  while (!flushed) {
    waiting.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await flushing;
  expect(early).toBe(false);
});

test('a reader that goes away is told of once, and what is written afterwards goes nowhere', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const errors: string[] = [];
  const gone = new Promise<void>((resolve) => stream.once('close', resolve));
  const output = new TextOutput(stream, (error) => errors.push(error.message));
  output.line('first');
  await gone;
  output.line('second');
  await output.flush();
  expect(errors).toEqual(['EPIPE']);
});
