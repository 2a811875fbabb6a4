import { isOperationalError } from '../std/index.ts';
import type { ControlStore, Owner, Session } from './control-store.ts';
import { LEASE_MS, takeLease } from './lease.ts';
import { type Lock, type LockContext, releaseLock, takeLock } from './lock.ts';

export interface LockedContext extends LockContext {
  readonly owner: Owner;
  readonly signal: AbortSignal;
  /** {@link LEASE_MS} if not given. */
  readonly leaseMs?: number;
}

export interface Locked {
  readonly session: Session;
  readonly lock: Lock;
  /** Aborts when the caller's signal does, and when the lease is lost. */
  readonly signal: AbortSignal;
}

/**
 * Runs `work` as the one process that holds a lock, under a lease that is renewed meanwhile.
 *
 * Throws `CONTROL_LOCK_HELD` if a living process holds it; what the control store said last if the lease was lost.
 */
export async function withLock<T>(
  context: LockedContext,
  name: string,
  work: (locked: Locked) => Promise<T>,
): Promise<T> {
  const { control, clock, owner, leaseMs = LEASE_MS } = context;
  const lease = await takeLease(control, owner, clock, leaseMs);
  const { session } = lease;
  let lock: Lock | undefined;
  try {
    lock = await takeLock(context, name, session);
    return await work({ session, lock, signal: AbortSignal.any([context.signal, lease.lost]) });
  } catch (error) {
    throw lease.lost.aborted ? lease.lost.reason : error;
  } finally {
    await lease.stop();
    if (lock && !lease.lost.aborted) await letGo(control, lock);
    await lease.end();
  }
}

/**
 * A control store that fails here changes nothing about the work that was done: the session is dead with this process,
 * and whoever comes next finds it so. The error of the work itself must not be covered by this one.
 */
async function letGo(control: ControlStore, lock: Lock): Promise<void> {
  try {
    await releaseLock(control, lock);
  } catch (error) {
    if (!isOperationalError(error)) throw error;
  }
}
