import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

export interface HostFacts {
  /**
   * Names the scope in which a pid means one process, `web-1/3f2a9c1d`. The name of the host alone would not do:
   * clones of a machine and replicas of a container share it.
   */
  readonly host: string;
  /** Changes when the host boots; '' if this process cannot know its scope. */
  readonly bootId: string;
}

/** The number that Linux gives to the process ids of the machine itself, as opposed to those of a container. */
const MACHINE_PIDS = 'pid:[4026531836]';
const UNKNOWN: HostFacts = { host: hostname(), bootId: '' };

export function readHostFacts(): HostFacts {
  return process.platform === 'linux' ? linuxFacts() : otherFacts();
}

/**
 * A process of the machine itself is found again after a boot by the machine's id. A container's is not: its image may
 * carry the same id everywhere, so its scope is one set of process ids of one boot.
 */
function linuxFacts(): HostFacts {
  const bootId = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const pids = attempt(() => readlinkSync('/proc/self/ns/pid'));
  const machine = pids === MACHINE_PIDS ? attempt(() => readFileSync('/etc/machine-id', 'utf8').trim()) : '';
  if (bootId === '' || pids === '') return UNKNOWN;
  return { host: hostOf(machine === '' ? `${bootId} ${pids}` : machine), bootId };
}

/** Elsewhere a boot is a scope of its own; after the next one only the lease tells. */
function otherFacts(): HostFacts {
  const name = process.platform === 'darwin' ? 'kern.bootsessionuuid' : 'kern.boottime';
  const bootId = attempt(() =>
    execFileSync('sysctl', ['-n', name], { encoding: 'utf8', stdio: 'pipe' }).trim(),
  );
  return bootId === '' ? UNKNOWN : { host: hostOf(bootId), bootId };
}

/** Hashed, since a machine's id is not meant to be shown to others. */
function hostOf(scope: string): string {
  return `${hostname()}/${createHash('sha256').update(scope).digest('hex').slice(0, 8)}`;
}

/** What cannot be read is not known; every caller treats that as doubt. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
