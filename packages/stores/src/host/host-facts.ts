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

/** What Linux tells a process of where it runs; '' for what it does not tell. */
export interface LinuxFacts {
  readonly hostname: string;
  readonly bootId: string;
  readonly machineId: string;
  /** The namespaces of process ids and of host names, `pid:[4026531836]`. */
  readonly pids: string;
  readonly names: string;
}

export function readHostFacts(): HostFacts {
  return process.platform === 'linux' ? hostFactsOf(readLinuxFacts()) : readOtherFacts();
}

/** The numbers of the machine's own namespaces, which are the same on every Linux. */
const MACHINE_PIDS = 'pid:[4026531836]';
const MACHINE_NAMES = 'uts:[4026531838]';

/**
 * A process of the machine itself is found again after a boot by the machine's id. A container's is not: its image may
 * carry the same id everywhere, so its scope is one set of process ids of one boot.
 */
export function hostFactsOf({ hostname: name, bootId, machineId, pids, names }: LinuxFacts): HostFacts {
  if (bootId === '' || pids === '') return { host: name, bootId: '' };
  const ofMachine = pids === MACHINE_PIDS && names === MACHINE_NAMES && machineId !== '';
  return { host: hostOf(name, ofMachine ? machineId : `${bootId} ${pids}`), bootId };
}

function readLinuxFacts(): LinuxFacts {
  return {
    hostname: hostname(),
    bootId: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    machineId: attempt(() => readFileSync('/etc/machine-id', 'utf8')),
    pids: attempt(() => readlinkSync('/proc/self/ns/pid')),
    names: attempt(() => readlinkSync('/proc/self/ns/uts')),
  };
}

/** Elsewhere a boot is a scope of its own; after the next one only the lease tells. */
function readOtherFacts(): HostFacts {
  const name = process.platform === 'darwin' ? 'kern.bootsessionuuid' : 'kern.boottime';
  const bootId = attempt(() => execFileSync('sysctl', ['-n', name], { encoding: 'utf8', stdio: 'pipe' }));
  return bootId === '' ? { host: hostname(), bootId } : { host: hostOf(hostname(), bootId), bootId };
}

/** Hashed, since a machine's id is not meant to be shown to others. */
function hostOf(name: string, scope: string): string {
  return `${name}/${createHash('sha256').update(scope).digest('hex').slice(0, 8)}`;
}

/** What cannot be read is not known; every caller treats that as doubt. */
function attempt(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return '';
  }
}
