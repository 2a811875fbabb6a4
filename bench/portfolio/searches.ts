import { execFile } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What is to be searched for, and how. */
export interface Plan {
  readonly subject: string;
  readonly strategy: string;
  readonly seed: number;
  /** Of processor time, at most. */
  readonly limit: number;
}

export interface Search extends Plan {
  /** How many it took; null if it was not found. */
  readonly schedules: number | null;
  /** Of processor time. */
  readonly seconds: number;
}

const TASK = fileURLToPath(new URL('task.ts', import.meta.url));
/** So many at a time: more would take each other's processors. */
const PROCESSES = 2;

/**
 * Makes all searches that are planned, but for those that the file has already, and writes each into it as it comes: what is
 * stopped goes on where it was.
 */
export async function searchAll(plans: readonly Plan[], file: string): Promise<Search[]> {
  const made = await readSearches(file);
  const queue = plans.filter((plan) => !made.some((search) => keyOf(search) === keyOf(plan))).values();
  const searchOn = async () => {
    for (const plan of queue) {
      const search = { ...plan, ...(await searchFor(plan)) };
      await appendFile(file, `${JSON.stringify(search)}\n`);
      console.log(JSON.stringify(search));
      made.push(search);
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, searchOn));
  const planned = new Set(plans.map(keyOf));
  return made.filter((search) => planned.has(keyOf(search)));
}

async function searchFor({
  subject,
  strategy,
  seed,
  limit,
}: Plan): Promise<Pick<Search, 'schedules' | 'seconds'>> {
  const args = [TASK, subject, strategy, String(seed), String(limit)];
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, ...args]);
  return JSON.parse(stdout) as Pick<Search, 'schedules' | 'seconds'>;
}

async function readSearches(file: string): Promise<Search[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // The last line may have been cut off: it has no end then, and is made again.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Search);
}

function keyOf({ subject, strategy, seed, limit }: Plan): string {
  return JSON.stringify([subject, strategy, seed, limit]);
}
