import type { ProcessProbe, Session } from './control-store.ts';

/**
 * Whether nothing that the session's owner does can count any more: its lease ran out, or its process is known to be
 * gone, which on the same host is known at once.
 */
export function isDead(session: Session, nowMs: number, probe: ProcessProbe): boolean {
  return session.leaseUntilMs <= nowMs || probe(session.owner) === 'dead';
}
