import { type ControlStore, type Lock, releaseLock, type Session, takeLock } from '../control/index.ts';
import { isCode } from '../std/index.ts';
import { MoveError } from './errors.ts';
import { keepLease, LEASE_MS } from './lease.ts';
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
  const session = await context.control.openSession(context.owner, LEASE_MS);
  const lease = keepLease(context.control, session, context.clock);
  let lock: Lock | undefined;
  try {
    lock = await take(context, job, session);
    return await work(AbortSignal.any([context.signal, lease.lost]));
  } catch (error) {
    throw lease.lost.aborted ? lease.lost.reason : error;
  } finally {
    await lease.stop();
    if (!lease.lost.aborted) await letGo(context.control, session, lock);
  }
}

async function take(
  context: Parameters<typeof withJobLock>[0],
  job: string,
  session: Session,
): Promise<Lock> {
  try {
    return await takeLock(context, lockName(job), session);
  } catch (error) {
    if (!isCode(error, 'CONTROL_LOCK_HELD')) throw error;
    throw new MoveError('MOVE_JOB_RUNNING', `job ${job} is at work already: ${error.message}`, {
      effect: 'none',
      cause: error,
      hint: 'Follow it with "changeover status", or stop that process first.',
      details: error.details,
    });
  }
}

/**
 * A control store that fails here changes nothing about the work that was done: the session is dead with this process,
 * and whoever comes next finds it so. The error of the work itself must not be covered by this one.
 */
async function letGo(control: ControlStore, session: Session, lock: Lock | undefined): Promise<void> {
  try {
    if (lock) await releaseLock(control, lock);
    await control.endSession(session.id);
  } catch (error) {
    if (!isCode(error, 'CONTROL_UNAVAILABLE', 'CONTROL_FULL', 'CONTROL_LEASE_LOST', 'CONTROL_READ_ONLY'))
      throw error;
  }
}
