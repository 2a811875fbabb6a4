import type { Clock } from '../std/index.ts';
import { isCode } from '../std/index.ts';
import type { ControlStore, Document, Session } from './control-store.ts';
import { ControlError } from './errors.ts';
import type { FailureDetector } from './failure-detector.ts';

/** A document that at most one living session holds. Its epoch rises with every change of holder, and never falls. */
export interface Lock {
  readonly name: string;
  readonly session: string;
  readonly epoch: number;
  readonly revision: number;
}

export interface LockContext {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly detector: FailureDetector;
  readonly signal?: AbortSignal;
}

/** How often is looked whether a silent holder renews its lease after all. */
const LOOK_MS = 200;

/**
 * Takes the lock for `session`, over the body of a dead holder if need be, whose session ends with that. A holder whose
 * lease has run out by what is written down is watched until it is known to be dead, or alive: for one lease at most.
 *
 * Throws `CONTROL_LOCK_HELD` (with `details.holder`) if a living session holds it, be it `session` itself.
 */
export async function takeLock(context: LockContext, name: string, session: Session): Promise<Lock> {
  const { control } = context;
  for (;;) {
    const document = await control.get(name);
    const held = document && lockOf(document);
    if (held) await outlive(context, held);
    const epoch = held ? held.epoch + 1 : 1;
    try {
      return lockOf(await control.put(name, { session: session.id, epoch }, held?.revision));
    } catch (error) {
      // Somebody else was faster. Look again: they may be alive, or gone already.
      if (!isCode(error, 'CONTROL_REVISION_MISMATCH')) throw error;
    }
  }
}

/** Gives the lock up, keeping its epoch. A lock that was lost meanwhile is left alone. */
export async function releaseLock(control: ControlStore, lock: Lock): Promise<void> {
  try {
    await control.put(lock.name, { session: '', epoch: lock.epoch }, lock.revision);
  } catch (error) {
    if (!isCode(error, 'CONTROL_REVISION_MISMATCH')) throw error;
  }
}

/** Resolves when the session of the holder has ended, if need be by our hand. Throws `CONTROL_LOCK_HELD` if it lives. */
async function outlive({ control, clock, detector, signal }: LockContext, held: Lock): Promise<void> {
  let first: Session | undefined;
  for (;;) {
    const holder = held.session === '' ? undefined : await control.session(held.session);
    if (!holder || (await detector.bury(control, holder))) return;
    first ??= holder;
    if (holder.renewals !== first.renewals || isInForce(holder, clock)) throw lockHeld(held, holder);
    await pause(clock, signal);
  }
}

async function pause(clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  try {
    await clock.sleep(LOOK_MS, signal);
  } catch (cause) {
    throw new ControlError('CONTROL_ABORTED', 'stopped while a silent holder of the lock was watched', {
      effect: 'none',
      cause,
    });
  }
}

/**
 * Whether a lease is in force by what is written down. That is no proof, but reason enough to refuse at once: if a clock
 * was set, then within a lease of our own it is not so any more.
 */
function isInForce({ leaseMs, leaseUntilMs }: Session, clock: Clock): boolean {
  const leftMs = leaseUntilMs - clock.now();
  return leftMs > 0 && leftMs <= leaseMs;
}

function lockHeld({ name }: Lock, { owner, leaseUntilMs }: Session): ControlError {
  const { label, pid, host } = owner;
  return new ControlError('CONTROL_LOCK_HELD', `${name} is held by ${label} (process ${pid} on ${host})`, {
    effect: 'none',
    hint: `Wait for it to end, or stop it; if ${host} is gone, its lease runs out by itself.`,
    details: { holder: owner, leaseUntilMs },
  });
}

function lockOf({ name, revision, value }: Document): Lock {
  const { session, epoch } = (value ?? {}) as { readonly session?: unknown; readonly epoch?: unknown };
  if (typeof session === 'string' && typeof epoch === 'number') return { name, revision, session, epoch };
  throw new ControlError('CONTROL_CORRUPT', `the document ${name} is not a lock`, { effect: 'none' });
}
