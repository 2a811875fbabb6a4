import type { Clock } from '../std/index.ts';

/** Keeps a flow of rows below so many a second, over all workers that share it. */
export interface RateLimit {
  /** Resolves when `rows` more may be written. Rejects with the signal's reason. */
  admit(rows: number, signal: AbortSignal): Promise<void>;
}

export const unlimited: RateLimit = { admit: async () => undefined };

/**
 * Admits each batch at once if the ones before it have been paid for in time, and else when they have.
 *
 * Idle time is not saved up: after a pause the flow goes on at the rate, not in a burst.
 */
export function rateLimit(rowsPerSecond: number, clock: Clock): RateLimit {
  let paidUntilMs = clock.monotonic();
  return {
    async admit(rows, signal) {
      const nowMs = clock.monotonic();
      const startMs = Math.max(paidUntilMs, nowMs);
      paidUntilMs = startMs + (rows / rowsPerSecond) * 1000;
      if (startMs > nowMs) await clock.sleep(startMs - nowMs, signal);
    },
  };
}
