/** The thread that searches a share of the schedules, or of the programs. */
import { parentPort, workerData } from 'node:worker_threads';
import { findDrain } from '../engine/drain.ts';
import { drive } from '../engine/drive.ts';
import type { Scenario } from '../engine/scenario.ts';
import { type StrategyName, strategyNamed } from '../strategy/named.ts';
import { type Coverage, exhaustiveSearch, UNCOVERED } from './exhaustive-search.ts';
import type { Failing } from './failing.ts';
import { laboratoryFor } from './laboratory.ts';
import { type Explored, samplingSearch } from './sampling-search.ts';
import { shareOf, timer } from './share.ts';
import { Statistics } from './statistics.ts';
import { Team } from './team.ts';
import type { Proved, Task } from './workers.ts';

const task = workerData as Task;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origins
parentPort?.postMessage(await (task.kind === 'prove' ? proved() : explored()));

async function explored(): Promise<Explored> {
  const { options } = task;
  const { strategy: name = 'pos', seed = 1 } = options;
  const laboratory = laboratoryFor(await scenarioOf(task), options, seed);
  const team = new Team(task, timer(options.seconds));
  const strategy = strategyNamed(name as StrategyName, seed);
  const search = samplingSearch(laboratory, strategy, options, team);
  const { failures, ...more } = await drive(search, await findDrain(options.drain));
  return { ...more, failures: failures.map(({ first, count }) => ({ first: copyable(first), count })) };
}

async function proved(): Promise<Proved> {
  const { options } = task;
  const laboratory = laboratoryFor(await scenarioOf(task), options, 0);
  const statistics = new Statistics('enumerated');
  const coverage: Coverage = { ...UNCOVERED };
  const share = shareOf(task, timer(options.seconds));
  const search = exhaustiveSearch(laboratory, options, share, statistics, coverage);
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
