import type { Clock } from '../std/index.ts';
import { isCode } from '../std/index.ts';
import type { ControlStore, Document, ProcessProbe, Session } from './control-store.ts';
import { ControlError } from './errors.ts';
import { isDead } from './session.ts';

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
  readonly probe: ProcessProbe;
}

/**
 * Takes the lock for `session`, over the body of a dead holder if need be, whose session ends with that.
 *
 * Throws `CONTROL_LOCK_HELD` (with `details.holder`) if a living session holds it, be it `session` itself.
 */
export async function takeLock(context: LockContext, name: string, session: Session): Promise<Lock> {
  const { control } = context;
  for (;;) {
    const document = await control.get(name);
    const held = document && lockOf(document);
    if (held) await bury(context, held);
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

/**
 * Ends the session of a holder that is dead by our reckoning, so that it is dead by everybody's: should its clock
 * disagree with ours, its next renewal fails instead of leaving two holders. Refuses if the holder lives.
 */
async function bury({ control, clock, probe }: LockContext, held: Lock): Promise<void> {
  if (held.session === '') return;
  const holder = await control.session(held.session);
  if (!holder) return;
  if (isDead(holder, clock.now(), probe)) return control.endSession(holder.id);
  const { label, pid, host } = holder.owner;
  throw new ControlError(
    'CONTROL_LOCK_HELD',
    `${held.name} is held by ${label} (process ${pid} on ${host})`,
    {
      effect: 'none',
      hint: `Wait for it to end, or stop it; if ${host} is gone, its lease runs out by itself.`,
      details: { holder: holder.owner, leaseUntilMs: holder.leaseUntilMs },
    },
  );
}

function lockOf({ name, revision, value }: Document): Lock {
  const { session, epoch } = (value ?? {}) as { readonly session?: unknown; readonly epoch?: unknown };
  if (typeof session === 'string' && typeof epoch === 'number') return { name, revision, session, epoch };
  throw new ControlError('CONTROL_CORRUPT', `the document ${name} is not a lock`, { effect: 'none' });
}
