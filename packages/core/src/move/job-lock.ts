import { FailureDetector, withLock } from '../control/index.ts';
import { isCode } from '../std/index.ts';
import { MoveError } from './errors.ts';
import type { MoveContext } from './request.ts';

export function lockName(job: string): string {
  return `locks/jobs/${job}`;
}

/**
 * Runs `work` as the one process that works on a job, under a lease that is renewed meanwhile.
 *
 * `work` gets a signal that aborts when the caller's does, and when the lease is lost. Throws `MOVE_JOB_RUNNING` if a
 * living process holds the job, what the control store said last if the lease was lost.
 */
export async function withJobLock<T>(
  context: Pick<MoveContext, 'control' | 'clock' | 'owner' | 'probe' | 'signal'>,
  job: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const name = lockName(job);
  let begun = false;
  try {
    const detector = new FailureDetector(context);
    return await withLock({ ...context, detector }, name, ({ signal }) => {
      begun = true;
      return work(signal);
    });
  } catch (error) {
    if (begun || !isCode(error, 'CONTROL_LOCK_HELD')) throw error;
    throw new MoveError('MOVE_JOB_RUNNING', `job ${job} is at work already: ${error.message}`, {
      effect: 'none',
      cause: error,
      hint: 'Follow it with "changeover status", or stop that process first.',
      details: error.details,
    });
  }
}
