import type { ControlStore, Session } from '../control/index.ts';
import { type Clock, isCode } from '../std/index.ts';

/** How long the control store believes in a run that it does not hear from. */
export const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const RETRY_MS = 500;

export interface Lease {
  /**
   * Aborts as soon as the lease is lost, or cannot be renewed before it is: whoever holds it must write nothing more. The
   * reason is what the control store said last, `CONTROL_LEASE_LOST` or its outage.
   */
  readonly lost: AbortSignal;
  /** Stops renewing; resolves when the renewal in flight is over. */
  stop(): Promise<void>;
}

/**
 * Renews a session's lease until stopped. While the control store cannot be reached the lease is kept for as long as it
 * was last granted, and no longer: then the run stops by itself.
 */
export function keepLease(control: ControlStore, session: Session, clock: Clock): Lease {
  const lost = new AbortController();
  const stopped = new AbortController();
  const renewing = renewUntilStopped(control, session, clock, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) lost.abort(error);
  });
  return {
    lost: lost.signal,
    async stop() {
      stopped.abort();
      await renewing;
    },
  };
}

async function renewUntilStopped(
  control: ControlStore,
  session: Session,
  clock: Clock,
  stopped: AbortSignal,
): Promise<void> {
  let untilMs = session.leaseUntilMs;
  let waitMs = RENEW_MS;
  while (!stopped.aborted) {
    await clock.sleep(waitMs, stopped);
    try {
      untilMs = (await control.renewSession(session.id, LEASE_MS)).leaseUntilMs;
      waitMs = RENEW_MS;
    } catch (error) {
      if (isCode(error, 'CONTROL_LEASE_LOST') || clock.now() + RETRY_MS >= untilMs) throw error;
      waitMs = RETRY_MS;
    }
  }
}
