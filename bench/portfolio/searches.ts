import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What is to be searched for, and how. */
export interface Plan {
  readonly subject: string;
  readonly strategy: string;
  readonly seed: number;
  /** Seconds at most. */
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
 * stopped goes on where it was. Those for one defect share a process, so that hardly any begins with code that is cold.
 */
export async function searchAll(plans: readonly Plan[], file: string): Promise<Search[]> {
  const made = await readSearches(file);
  const left = plans.filter((plan) => !made.some((search) => keyOf(search) === keyOf(plan)));
  const queue = new Set(left.map(({ subject }) => subject)).values();
  const searchOn = async () => {
    for (const subject of queue) {
      for await (const search of searchesFor(left.filter((plan) => plan.subject === subject))) {
        await appendFile(file, `${JSON.stringify(search)}\n`);
        console.log(JSON.stringify(search));
        made.push(search);
      }
    }
  };
  await Promise.all(Array.from({ length: PROCESSES }, searchOn));
  const planned = new Set(plans.map(keyOf));
  return made.filter((search) => planned.has(keyOf(search)));
}

/** @param plans for one subject, with one limit */
async function* searchesFor(plans: readonly Plan[]): AsyncGenerator<Search> {
  const { subject, limit } = plans[0] as Plan;
  const named = plans.map(({ strategy, seed }) => `${strategy}=${seed}`);
  const args = [...process.execArgv, TASK, subject, String(limit), ...named];
  const task = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(task, 'close');
  for await (const line of createInterface(task.stdout)) {
    yield { subject, limit, ...(JSON.parse(line) as Omit<Search, 'subject' | 'limit'>) };
  }
  const [code] = (await closed) as [number | null];
  if (code !== 0) throw new Error(`the searches for ${subject} ended with ${code}`);
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
