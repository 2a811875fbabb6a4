import type { Clock } from '../std/index.ts';
import type { ControlStore, ProcessProbe, Session } from './control-store.ts';

interface Seen {
  readonly renewals: number;
  /** By the monotonic clock. */
  readonly sinceMs: number;
}

/**
 * Judges whether the owners of sessions live, for one process that looks at them again and again.
 *
 * A session is dead if its process is known to be gone, which on the same host is known at once; or if this process has
 * itself seen it not renewed for a whole lease, by a clock that nobody sets. What times are written down does not count:
 * the clock of whoever wrote them may be wrong, or ours, or either may just have been set. The first look at a session
 * therefore never finds it dead for its silence.
 */
export class FailureDetector {
  readonly #clock: Clock;
  readonly #probe: ProcessProbe;
  readonly #seen = new Map<string, Seen>();

  constructor({ clock, probe }: { readonly clock: Clock; readonly probe: ProcessProbe }) {
    this.#clock = clock;
    this.#probe = probe;
  }

  /** Looks at a session that was read just now: whether its owner has lost the right to go on, if it still lives. */
  isDead(session: Session): boolean {
    return this.leftMs(session) <= 0;
  }

  /** In how many milliseconds the owner will be dead, if the session is not renewed before. */
  leftMs({ id, owner, renewals, leaseMs }: Session): number {
    if (this.#probe(owner) === 'dead') return 0;
    // The time is taken after the session was read: it was renewed before that, if at all.
    const nowMs = this.#clock.monotonic();
    const seen = this.#seen.get(id);
    if (seen?.renewals === renewals) return seen.sinceMs + leaseMs - nowMs;
    this.#seen.set(id, { renewals, sinceMs: nowMs });
    return leaseMs;
  }

  /**
   * Ends a session that is dead by our judgement, and so is dead by everybody's; false if it lives, as when it was renewed
   * at that very moment. Nobody acts on a death before this.
   */
  async bury(control: ControlStore, session: Session): Promise<boolean> {
    if (!this.isDead(session)) return false;
    const buried = await control.endSession(session.id, session.renewals);
    if (buried) this.#seen.delete(session.id);
    return buried;
  }
}

/** Whether a session should have been renewed by now, as far as the times that are written down can be believed. */
export function isSilent({ leaseUntilMs }: Session, clock: Clock): boolean {
  return leaseUntilMs <= clock.now();
}
