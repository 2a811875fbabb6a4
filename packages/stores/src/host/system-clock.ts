import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from 'changeover/std';

/**
 * The host's own time. On Linux what lasts is measured by CLOCK_MONOTONIC: it goes on while the process is stopped
 * (SIGSTOP, a debugger, a long garbage collection), and stands still while the whole machine is suspended.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal ? { signal } : {});
  },
};
