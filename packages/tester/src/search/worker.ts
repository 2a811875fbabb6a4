/** The thread that searches a share of the schedules, or of the programs. */
import { parentPort, workerData } from 'node:worker_threads';
import { findDrain } from '../engine/drain.ts';
import { drive } from '../engine/drive.ts';
import type { Scenario } from '../engine/scenario.ts';
import { type StrategyName, strategyNamed } from '../strategy/named.ts';
import { type Coverage, exhaustiveSearch } from './exhaustive-search.ts';
import { laboratoryFor } from './laboratory.ts';
import { type Failing, samplingSearch } from './sampling-search.ts';
import { shareOf, timer } from './share.ts';
import { Statistics } from './statistics.ts';
import type { Answer, Task } from './workers.ts';

/** Schedules that are run in one go by one thread. */
const CHUNK = 64;

const task = workerData as Task;
// A thread has no origins. oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage(await answer());

async function answer(): Promise<Answer> {
  const { options, kind } = task;
  const seed = options.seed ?? 1;
  const laboratory = laboratoryFor(await scenarioOf(task), options, kind === 'explore' ? seed : 0);
  const statistics = new Statistics();
  const coverage: Coverage | undefined = kind === 'prove' ? { complete: false, programs: 0 } : undefined;
  const timeIsUp = timer(options.seconds);
  const search = coverage
    ? exhaustiveSearch(laboratory, options, shareOf(task, 1, timeIsUp), statistics, coverage)
    : samplingSearch(
        laboratory,
        strategyNamed((options.strategy ?? 'pos') as StrategyName, seed),
        options,
        shareOf(task, CHUNK, timeIsUp),
        statistics,
      );
  const failing = await drive(search, await findDrain(options.drain));
  return { failing: failing && copyable(failing), tally: statistics.tally(), coverage };
}

async function scenarioOf({ module, export: name }: Task): Promise<Scenario<unknown, unknown>> {
  const exported = (await import(module)) as Record<string, unknown>;
  const scenario = exported[name] as Scenario<unknown, unknown> | undefined;
  if (typeof scenario?.setup === 'function') return scenario;
  throw Object.assign(new Error(`${module} does not export a scenario "${name}"`), {
    code: 'TESTER_SCENARIO_MISSING',
  });
}

/** What was thrown stays here: it may hold anything. It comes again when the schedule is run again. */
function copyable(failing: Failing): Failing {
  const { error: _, ...failure } = failing.failure;
  return { ...failing, failure };
}
