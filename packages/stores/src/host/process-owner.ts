import type { Liveness, Owner, ProcessProbe } from 'changeover/control';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import { lookAtProcess, type ProcessLook } from './process-look.ts';

/** This process, as others may one day ask whether it still lives. */
export function currentOwner(label: string): Owner {
  const { host, bootId } = hostFacts();
  const look = lookAtProcess(process.pid);
  // Without a start time nobody can tell this process from the next one with its pid; then only its lease tells.
  const processStart = look.kind === 'running' ? look.start : '';
  return { host, pid: process.pid, processStart, bootId, label };
}

/** Looks whether the owner's process lives; says `dead` only if that is certain (C7). */
export const probeProcess: ProcessProbe = (owner) => livenessOf(owner, hostFacts(), lookAtProcess);

/** The judgement of {@link probeProcess}, on given facts. */
export function livenessOf(owner: Owner, here: HostFacts, look: (pid: number) => ProcessLook): Liveness {
  const certain = here.bootId !== '' && owner.bootId !== '' && owner.processStart !== '';
  if (!certain || owner.host !== here.host) return 'unknown';
  if (owner.bootId !== here.bootId) return 'dead';
  const seen = look(owner.pid);
  if (seen.kind !== 'running') return seen.kind === 'gone' ? 'dead' : 'unknown';
  return seen.start === owner.processStart ? 'alive' : 'dead';
}

let facts: HostFacts | undefined;

/** They do not change while a process runs. */
function hostFacts(): HostFacts {
  facts ??= readHostFacts();
  return facts;
}
