import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from 'changeover/std';

/** The host's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};
