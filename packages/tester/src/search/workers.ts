import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Coverage } from './exhaustive-search.ts';
import type { ExploreOptions, ProveOptions, Workers } from './options.ts';
import type { Failing } from './sampling-search.ts';
import { NONE } from './share.ts';
import { Statistics, type Tally } from './statistics.ts';

/** What a thread is to search. Only what can be copied between threads. */
export interface Task {
  readonly kind: 'explore' | 'prove';
  readonly module: string;
  readonly export: string;
  readonly options: ExploreOptions & ProveOptions;
  readonly index: number;
  readonly count: number;
  /** The lowest schedule, or program, that is known to fail: what comes after it need not be searched. */
  readonly lowest: Int32Array;
}

export interface Answer {
  readonly failing: Failing | undefined;
  readonly tally: Tally;
  readonly coverage: Coverage | undefined;
}

/** What all threads have found together. The failing schedule is the same for any number of them. */
export async function searchInWorkers(
  kind: 'explore' | 'prove',
  { module, export: name = 'default', count = availableParallelism(), imports = [] }: Workers,
  options: ExploreOptions & ProveOptions,
): Promise<{ failing: Failing | undefined; statistics: Statistics; coverage: Coverage | undefined }> {
  const lowest = new Int32Array(new SharedArrayBuffer(4)).fill(NONE);
  const tasks = Array.from({ length: count }, (_, index): Task => {
    return { kind, module: String(module), export: name, options, index, count, lowest };
  });
  const answers = await Promise.all(tasks.map((task) => answerOf(task, imports.map(String))));
  const statistics = new Statistics();
  for (const { tally } of answers) statistics.add(tally);
  const failing = answers
    .flatMap((answer) => answer.failing ?? [])
    .toSorted((one, other) => one.at - other.at)
    .at(0);
  const coverages = answers.flatMap(({ coverage }) => coverage ?? []);
  const coverage = coverages.length > 0 ? together(coverages) : undefined;
  return { failing, statistics, coverage };
}

function together(coverages: readonly Coverage[]): Coverage {
  const programs = coverages.reduce((sum, each) => sum + each.programs, 0);
  return { complete: coverages.every(({ complete }) => complete), programs };
}

/** Imports one module after the other: what a loader for TypeScript has to be registered for comes after it. */
const IMPORT_ALL = `
  const { workerData } = require('node:worker_threads');
  workerData.imports.reduce((done, each) => done.then(() => import(each)), Promise.resolve())
    .catch((error) => setImmediate(() => { throw error; }));
`;

function answerOf(task: Task, imports: readonly string[]): Promise<Answer> {
  // Beside this file, and like it either TypeScript or built.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const worker = new Worker(IMPORT_ALL, {
    eval: true,
    workerData: { ...task, imports: [...imports, entry.href] },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a worker ended with ${code} before it had an answer`)));
  });
}
