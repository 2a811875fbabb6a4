import { runPool } from 'changeover/transfer';
import { expect, test } from 'vitest';

const never = new AbortController().signal;

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

test('Never more than the given number of workers are at work', async () => {
  let busy = 0;
  let busiest = 0;
  await runPool([1, 2, 3, 4, 5, 6, 7], 3, never, async () => {
    busiest = Math.max(busiest, ++busy);
    await Promise.resolve();
    busy -= 1;
  });
  expect(busiest).toBe(3);
});

test('Every item is worked on once', async () => {
  const seen: number[] = [];
  await runPool([1, 2, 3, 4, 5], 2, never, async (item) => void seen.push(item));
  expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5]);
});

test('The first failure stops the others and is thrown once all are at rest', async () => {
  const slow = gate();
  let atRest = false;
  const pool = runPool(['slow', 'bad', 'never'], 2, never, async (item, signal) => {
    if (item === 'bad') throw new Error('bad item');
    expect(item).toBe('slow');
    await slow.opened;
    expect(signal.aborted).toBe(true);
    atRest = true;
  });
  slow.open();
  await expect(pool).rejects.toThrow('bad item');
  expect(atRest).toBe(true);
});

test('An aborted pool throws the reason, even if every worker ended well', async () => {
  const stop = new AbortController();
  const pool = runPool([1, 2, 3], 1, stop.signal, async () => stop.abort(new Error('enough')));
  await expect(pool).rejects.toThrow('enough');
});
