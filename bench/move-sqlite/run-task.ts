import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What a task of `task.ts` prints. */
export interface Measured {
  readonly ms: number;
  readonly rows: number;
  readonly peakMb: number;
}

/** Runs one task in a process of its own. It loads the built packages, as a user's process would. */
export function runTask(...args: readonly string[]): Promise<Measured> {
  return runScript(new URL('task.ts', import.meta.url), args);
}

/** As {@link runTask}, of another script that prints what it measured. */
export async function runScript<T = Measured>(script: URL, args: readonly string[]): Promise<T> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--import', 'tsx', fileURLToPath(script), ...args]);
  return JSON.parse(stdout) as T;
}

/** Rows a second. */
export function rate({ rows, ms }: Measured): number {
  return (rows / ms) * 1_000;
}

/** Removes a database that a task made, with what belongs to it. */
export async function removeDatabase(path: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '.control', '.control-wal', '.control-shm']) {
    await rm(path + suffix, { force: true });
  }
}
