import { type Clock, isCode } from '../std/index.ts';

/** What a store says that may be otherwise in a moment. */
const PASSING = ['TABLE_UNAVAILABLE', 'TABLE_THROTTLED', 'TABLE_TIMEOUT'] as const;
const TRIES_MAX = 8;
const PAUSE_MS = 250;
const PAUSE_MAX_MS = 15_000;

/**
 * Does something that can be done again, until a store that fails for a while does not any more: for about a minute, at
 * ever longer intervals. Throws what it said last.
 */
export async function persistently<T>(clock: Clock, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await act();
    } catch (error) {
      if (tries >= TRIES_MAX || signal.aborted || !isCode(error, ...PASSING)) throw error;
    }
    await clock.sleep(Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** tries), signal);
  }
}
