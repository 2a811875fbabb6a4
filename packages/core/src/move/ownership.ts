import { isCode } from '../std/index.ts';
import { MoveError } from './errors.ts';

/**
 * Runs a write that holds only for whoever last wrote the checkpoint it names. If that is another process by now, the
 * write did nothing, and the error is `MOVE_OWNERSHIP_LOST`; `what` was taken over, in words.
 */
export async function asOwner<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_ABSENT')) throw error;
    throw new MoveError('MOVE_OWNERSHIP_LOST', `another process has taken over ${what}`, {
      effect: 'none',
      cause: error,
      hint: 'See what it is doing with "changeover status".',
    });
  }
}
