import { type Clock, isCode } from '../std/index.ts';
import type { ControlStore, Session } from './control-store.ts';

/** How long the control store believes in a process that it does not hear from, unless told otherwise. */
export const LEASE_MS = 15_000;
/** A lease is renewed so many times before it would run out, so that one renewal that fails costs nothing. */
const RENEWALS = 3;
const RETRY_MS = 500;

export interface Lease {
  /**
   * Aborts as soon as the lease is lost, or cannot be renewed before it is: whoever holds it must write nothing more. The
   * reason is what the control store said last, `CONTROL_LEASE_LOST` or its outage.
   */
  readonly lost: AbortSignal;
  /** Whether it holds at this instant: also where a process has slept through the end, and `lost` has had no time to tell. */
  holds(): boolean;
  /** Stops renewing; resolves when the renewal in flight is over. */
  stop(): Promise<void>;
}

/**
 * Renews a session's lease until stopped. While the control store cannot be reached the lease is kept for as long as it
 * was last granted, and no longer: then the run stops by itself.
 */
export function keepLease(
  control: ControlStore,
  session: Session,
  clock: Clock,
  leaseMs: number = LEASE_MS,
): Lease {
  const lost = new AbortController();
  const stopped = new AbortController();
  const granted = { untilMs: session.leaseUntilMs };
  const renewing = renewUntilStopped({ control, session, clock, leaseMs, granted }, stopped.signal).catch(
    (error: unknown) => {
      if (!stopped.signal.aborted) lost.abort(error);
    },
  );
  return {
    lost: lost.signal,
    holds: () => !lost.signal.aborted && clock.now() < granted.untilMs,
    async stop() {
      stopped.abort();
      await renewing;
    },
  };
}

interface Renewing {
  readonly control: ControlStore;
  readonly session: Session;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly granted: { untilMs: number };
}

async function renewUntilStopped(
  { control, session, clock, leaseMs, granted }: Renewing,
  stopped: AbortSignal,
): Promise<void> {
  const renewMs = leaseMs / RENEWALS;
  let waitMs = renewMs;
  while (!stopped.aborted) {
    await clock.sleep(waitMs, stopped);
    try {
      granted.untilMs = (await control.renewSession(session.id, leaseMs)).leaseUntilMs;
      waitMs = renewMs;
    } catch (error) {
      if (isCode(error, 'CONTROL_LEASE_LOST') || clock.now() + RETRY_MS >= granted.untilMs) throw error;
      waitMs = Math.min(RETRY_MS, renewMs);
    }
  }
}
