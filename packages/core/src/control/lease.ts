import { type Clock, isCode } from '../std/index.ts';
import type { ControlStore, Owner, Session } from './control-store.ts';
import { ControlError } from './errors.ts';

/** How long the control store believes in a process that it does not hear from, unless told otherwise. */
export const LEASE_MS = 15_000;
/** A lease is renewed so many times before it would run out, so that one renewal that fails costs nothing. */
const RENEWALS = 3;
const RETRY_MS = 500;
/** The part of a lease that its holder gives away: clocks of two machines do not go at quite the same pace. */
const MARGIN = 0.01;

/** A session whose lease is renewed until it is stopped, or lost. */
export interface Lease {
  readonly session: Session;
  /**
   * Aborts as soon as the lease is lost, or cannot be renewed before it is: whoever holds it must write nothing more. The
   * reason is what the control store said last, `CONTROL_LEASE_LOST` or its outage. What is lost is never held again.
   */
  readonly lost: AbortSignal;
  /** Whether it holds at this instant: also where a process has slept through the end, and `lost` has had no time to tell. */
  holds(): boolean;
  /** Stops renewing; resolves when the renewal in flight is over. The session does not end with it. */
  stop(): Promise<void>;
  /** Stops, and ends the session. What the control store does not hear of that, the end of the lease tells it. */
  end(): Promise<void>;
}

/**
 * Opens a session, and renews its lease until stopped. While the control store cannot be reached the lease is kept for as
 * long as it was last granted, and no longer: then the run stops by itself.
 *
 * It is counted from the moment at which it was asked for, by a clock that nobody sets: whoever sees it not renewed for as
 * long has begun to count after that.
 */
export async function takeLease(
  control: ControlStore,
  owner: Owner,
  clock: Clock,
  leaseMs: number = LEASE_MS,
): Promise<Lease> {
  const askedAtMs = clock.monotonic();
  const session = await control.openSession(owner, leaseMs);
  return new KeptLease(control, session, clock, askedAtMs);
}

class KeptLease implements Lease {
  readonly session: Session;
  readonly #control: ControlStore;
  readonly #clock: Clock;
  readonly #lost = new AbortController();
  readonly #stopped = new AbortController();
  readonly #renewing: Promise<void>;
  /** By the monotonic clock. */
  #heldUntilMs = 0;

  constructor(control: ControlStore, session: Session, clock: Clock, askedAtMs: number) {
    this.#control = control;
    this.session = session;
    this.#clock = clock;
    this.#granted(askedAtMs);
    this.#renewing = this.#renewUntilStopped().catch((error: unknown) => this.#lose(error));
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  holds(): boolean {
    return !this.lost.aborted && this.#clock.monotonic() < this.#heldUntilMs;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#renewing;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.#endSession();
  }

  async #renewUntilStopped(): Promise<void> {
    const { leaseMs } = this.session;
    const renewMs = leaseMs / RENEWALS;
    let waitMs = renewMs;
    for (;;) {
      await this.#clock.sleep(waitMs, this.#stopped.signal);
      // Who slept through the end may have been taken for dead, and does not ask whether it was.
      if (!this.holds()) throw tooLate(this.session);
      const askedAtMs = this.#clock.monotonic();
      try {
        await this.#control.renewSession(this.session.id, leaseMs);
        this.#granted(askedAtMs);
        waitMs = renewMs;
      } catch (error) {
        const isLast = this.#clock.monotonic() + RETRY_MS >= this.#heldUntilMs;
        if (isCode(error, 'CONTROL_LEASE_LOST') || isLast) throw error;
        waitMs = Math.min(RETRY_MS, renewMs);
      }
      if (!this.holds()) throw tooLate(this.session);
    }
  }

  #granted(askedAtMs: number): void {
    this.#heldUntilMs = askedAtMs + this.session.leaseMs * (1 - MARGIN);
  }

  /** Whoever waits for it need not wait for its end, if that can be told. */
  async #lose(error: unknown): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#lost.abort(error);
    await this.#endSession();
  }

  async #endSession(): Promise<void> {
    try {
      await this.#control.endSession(this.session.id);
    } catch {
      // Then it runs out by itself.
    }
  }
}

function tooLate({ id }: Session): ControlError {
  return new ControlError('CONTROL_LEASE_LOST', `the session ${id} could not be renewed in time`, {
    effect: 'none',
    hint: 'Another process may go on with the work by now. Run the same command again.',
  });
}
