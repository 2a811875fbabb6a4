import { VirtualClock } from 'changeover/std';
import { rateLimit } from 'changeover/transfer';
import { expect, test } from 'vitest';

const never = new AbortController().signal;

test('Ten thousand rows at a thousand a second take ten seconds, whatever the batches', async () => {
  const clock = new VirtualClock();
  const limit = rateLimit(1000, clock);
  let admitted = 0;
  const copying = (async () => {
    for (; admitted < 10_000; admitted += 250) await limit.admit(250, never);
  })();
  await clock.advance(5_000);
  expect(admitted).toBeGreaterThan(4_900);
  expect(admitted).toBeLessThan(5_600);
  await clock.advance(5_000);
  await copying;
});

test('A pause is not made up for by a burst', async () => {
  const clock = new VirtualClock();
  const limit = rateLimit(100, clock);
  await clock.advance(60_000);
  await limit.admit(100, never);
  let second = false;
  const next = limit.admit(100, never).then(() => (second = true));
  await clock.advance(900);
  expect(second).toBe(false);
  await clock.advance(100);
  await next;
});

test('Waiting for admission ends when the signal aborts', async () => {
  const clock = new VirtualClock();
  const limit = rateLimit(1, clock);
  const stop = new AbortController();
  await limit.admit(10, stop.signal);
  const waiting = limit.admit(1, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});
