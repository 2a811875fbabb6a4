import assert from 'node:assert/strict';
import { systemClock, systemRandom } from '@changeover/stores/host';
import { newId } from 'changeover/std';
import { test } from 'vitest';

test('sleeping takes at least as long as asked for', async () => {
  const before = performance.now();
  await systemClock.sleep(20);
  assert.ok(performance.now() - before >= 19);
});

test('an aborted sleep rejects at once', async () => {
  const before = performance.now();
  await assert.rejects(systemClock.sleep(60_000, AbortSignal.timeout(5)));
  assert.ok(performance.now() - before < 30_000);
});

test('random numbers are in [0, 1), and no two names are the same', () => {
  const numbers = Array.from({ length: 1000 }, systemRandom);
  assert.ok(numbers.every((number) => number >= 0 && number < 1));
  const names = Array.from({ length: 1000 }, () => newId(systemRandom));
  assert.equal(new Set(names).size, names.length);
});
