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
 * Takes the lock for `session`, over the body of a dead holder if need be.
 *
 * Throws `CONTROL_LOCK_HELD` (with `details.holder`) if a living session holds it.
 */
export async function takeLock(context: LockContext, name: string, session: Session): Promise<Lock> {
  for (;;) {
    const held = await context.control.get(name);
    if (held) await refuseIfAlive(context, held);
    const epoch = held ? lockOf(held).epoch + 1 : 1;
    try {
      const taken = await context.control.put(name, { session: session.id, epoch }, held?.revision);
      return lockOf(taken);
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

async function refuseIfAlive({ control, clock, probe }: LockContext, held: Document): Promise<void> {
  const { session: id } = lockOf(held);
  if (id === '') return;
  const holder = await control.session(id);
  if (!holder || isDead(holder, clock.now(), probe)) return;
  const { label, pid, host } = holder.owner;
  throw new ControlError('CONTROL_LOCK_HELD', `${held.name} is held by ${label} (process ${pid} on ${host})`, {
    effect: 'none',
    hint: `Wait for it to end, or stop it; if ${host} is gone, its lease runs out by itself.`,
    details: { holder: holder.owner, leaseUntilMs: holder.leaseUntilMs },
  });
}

function lockOf({ name, revision, value }: Document): Lock {
  const { session, epoch } = value as { session: string; epoch: number };
  return { name, revision, session, epoch };
}
