import { TableError, type TableErrorCode } from 'changeover/table';
import { expect, test } from 'vitest';
import { persistently } from '../../src/coordinator/persistently.ts';
import { eagerClock } from './fixture.ts';

const { signal } = new AbortController();

function failing(times: number, code: TableErrorCode): { act(): Promise<string>; tries(): number } {
  let tries = 0;
  return {
    async act() {
      tries += 1;
      if (tries <= times) throw new TableError(code, 'not now', { effect: 'none' });
      return 'done';
    },
    tries: () => tries,
  };
}

test('A store that fails for a moment is asked again', async () => {
  expect(await persistently(eagerClock(), signal, failing(3, 'TABLE_THROTTLED').act)).toBe('done');
});

test('A store that goes on failing is given up, and its last word told', async () => {
  const { act, tries } = failing(100, 'TABLE_UNAVAILABLE');
  const clock = eagerClock();
  await expect(persistently(clock, signal, act)).rejects.toMatchObject({ code: 'TABLE_UNAVAILABLE' });
  expect(tries()).toBe(8);
  expect(clock.now()).toBeGreaterThan(45_000);
});

test('What will not be otherwise in a moment is not tried again', async () => {
  const { act, tries } = failing(1, 'TABLE_FENCED');
  await expect(persistently(eagerClock(), signal, act)).rejects.toMatchObject({ code: 'TABLE_FENCED' });
  expect(tries()).toBe(1);
});
