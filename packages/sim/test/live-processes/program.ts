import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { nowNs } from './record.ts';

export type Role = 'client' | 'worker' | 'coordinator';

/** While a process was stopped, by the clock of the records. */
export interface Stop {
  readonly from: number;
  until: number;
}

/** A program that runs as a process of its own, and can be stopped, woken and killed. */
export class Program {
  readonly role: Role;
  readonly id: number;
  readonly stops: Stop[] = [];
  /** What it said, and what went wrong with it. */
  said = '';
  complained = '';
  isKilled = false;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;

  constructor(role: Role, id: number, options: object) {
    this.role = role;
    this.id = id;
    const path = fileURLToPath(new URL(`${role}-program.ts`, import.meta.url));
    const command = [
      '--import',
      'tsx',
      '--conditions=@changeover/source',
      path,
      JSON.stringify({ ...options, id }),
    ];
    this.#child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (data) => (this.said += String(data)));
    this.#child.stderr?.on('data', (data) => (this.complained += String(data)));
    this.ended = once(this.#child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get isStopped(): boolean {
    return this.stops.at(-1)?.until === Number.POSITIVE_INFINITY;
  }

  kill(): void {
    this.isKilled = true;
    this.#child.kill('SIGKILL');
  }

  stop(): void {
    this.stops.push({ from: nowNs(), until: Number.POSITIVE_INFINITY });
    this.#child.kill('SIGSTOP');
  }

  wake(): void {
    this.#child.kill('SIGCONT');
    const stop = this.stops.at(-1);
    if (stop) stop.until = nowNs();
  }

  askToEnd(): void {
    this.#child.kill('SIGTERM');
  }

  /** Whether it was stopped for longer than that, before this moment and not long before. */
  sleptBefore(at: number, leaseMs: number): boolean {
    return this.stops.some(
      ({ from, until }) =>
        (Math.min(until, at) - from) / 1e6 >= leaseMs && at >= from && (at - until) / 1e6 < LATE_MS,
    );
  }
}

/** So long a process that slept may wait to be told of the phase that it has missed, and a little. */
const LATE_MS = 15_000;
