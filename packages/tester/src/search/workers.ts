import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Ended, endOfProof } from './ended.ts';
import type { Coverage } from './exhaustive-search.ts';
import type { Failing } from './failing.ts';
import { Failures, type Repeated } from './failures.ts';
import type { ExploreOptions, ProveOptions, Workers } from './options.ts';
import { type Counts, OrderCounts } from './order-counts.ts';
import type { Explored } from './sampling-search.ts';
import { type Seen, Statistics, type Tally } from './statistics.ts';
import { commonMemory, type TeamMember } from './team.ts';

/** What a thread is to search. Only what can be copied between threads, or shared by them. */
export interface Task extends TeamMember {
  readonly kind: 'explore' | 'prove';
  readonly module: string;
  readonly export: string;
  readonly options: ExploreOptions & ProveOptions;
}

/** What a thread has proved. */
export interface Proved {
  readonly failing: Failing | undefined;
  readonly tally: Tally;
  readonly coverage: Coverage;
}

/** What all threads have found together: the same as one alone, for any number of them, if no time was given. */
export async function exploreInWorkers(workers: Workers, options: ExploreOptions): Promise<Explored> {
  const answers = await answersOf<Explored>('explore', workers, options);
  const failures = new Failures();
  for (const failure of answers.flatMap((answer) => answer.failures)) failures.add(failure);
  // Each has counted what all have run.
  return { ...(answers[0] as Explored), failures: failures.all, orders: ordersOf(answers) };
}

function ordersOf(answers: readonly Explored[]): Counts | undefined {
  const counts = answers.flatMap(({ orders }) => orders ?? []);
  const all = new OrderCounts();
  for (const each of counts) all.merge(each);
  return counts.length > 0 ? all.counts : undefined;
}

/** Likewise. The failing program is the same for any number of threads. */
export async function proveInWorkers(
  workers: Workers,
  options: ProveOptions,
): Promise<{ failures: Repeated[]; seen: Seen; coverage: Coverage; ended: Ended }> {
  const answers = await answersOf<Proved>('prove', workers, options);
  const statistics = new Statistics('enumerated');
  for (const { tally } of answers) statistics.add(tally);
  const failing = firstOf(answers);
  const coverage = together(answers.map((answer) => answer.coverage));
  const busiest = Math.max(...answers.map(({ tally }) => tally.seen.schedules));
  const ended = endOfProof(options, { failing, coverage, schedules: busiest });
  const ranAll = failing?.preemptions === undefined || coverage.within >= failing.preemptions - 1;
  const first = ranAll ? failing : unclaimed(failing);
  return { failures: first ? [{ first, count: 1 }] : [], seen: statistics.seen, coverage, ended };
}

/** Some thread had no time for all that have fewer preemptions. */
function unclaimed({ preemptions: _, ...failing }: Failing): Failing {
  return failing;
}

function firstOf(answers: readonly Proved[]): Failing | undefined {
  return answers
    .flatMap(({ failing }) => failing ?? [])
    .toSorted((one, other) => one.at - other.at)
    .at(0);
}

function together(coverages: readonly Coverage[]): Coverage {
  const programs = coverages.reduce((sum, each) => sum + each.programs, 0);
  const unfinished = coverages.filter(({ complete }) => !complete);
  const within = Math.min(...(unfinished.length > 0 ? unfinished : coverages).map((each) => each.within));
  return { complete: unfinished.length === 0, programs, within };
}

async function answersOf<Answer>(
  kind: Task['kind'],
  { module, export: name = 'default', count = availableParallelism(), imports = [] }: Workers,
  options: Task['options'],
): Promise<Answer[]> {
  const common = commonMemory(SharedArrayBuffer);
  const threads = Array.from({ length: count }, (_, index) => {
    const task: Task = { kind, module: String(module), export: name, options, index, count, common };
    return threadFor(task, imports.map(String));
  });
  try {
    return await Promise.all(threads.map((thread) => answerOf<Answer>(thread)));
  } catch (error) {
    // The others may wait for the one that has failed.
    await Promise.all(threads.map((thread) => thread.terminate()));
    throw error;
  }
}

/** Imports one module after the other: what a loader for TypeScript has to be registered for comes after it. */
const IMPORT_ALL = `
  const { workerData } = require('node:worker_threads');
  workerData.imports.reduce((done, each) => done.then(() => import(each)), Promise.resolve())
    .catch((error) => setImmediate(() => { throw error; }));
`;

function threadFor(task: Task, imports: readonly string[]): Worker {
  // Beside this file, and like it either TypeScript or built.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  return new Worker(IMPORT_ALL, {
    eval: true,
    workerData: { ...task, imports: [...imports, entry.href] },
  });
}

function answerOf<Answer>(thread: Worker): Promise<Answer> {
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`a worker ended with ${code} before it had an answer`)));
  });
}
