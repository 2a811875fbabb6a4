import { MoveError } from './errors.ts';

/** Runs `work`, and calls whatever it fails with `MOVE_INTERRUPTED` if that is because the caller aborted. */
export async function interruptible<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new MoveError('MOVE_INTERRUPTED', 'the move was interrupted', {
      effect: 'none',
      cause: error,
      hint: 'Run the same command again: it goes on where it stood.',
    });
  }
}
