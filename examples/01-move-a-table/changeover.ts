import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../packages/cli/bin/changeover.js', import.meta.url));

/** Starts the real command in `folder`, on this terminal, as a person would. */
export function start(folder: string, args: readonly string[]): ChildProcess {
  console.log(`\n$ changeover ${args.map(quoted).join(' ')}`);
  return spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Runs it to its end. Throws if its exit code is not the one that was expected. */
export async function run(folder: string, args: readonly string[], expected = 0): Promise<void> {
  const [code] = (await once(start(folder, args), 'exit')) as [number | null];
  if (code !== expected) throw new Error(`changeover ended with exit code ${code}, not ${expected}`);
}

function quoted(argument: string): string {
  return /[^\w:./#=-]/.test(argument) ? `'${argument}'` : argument;
}
