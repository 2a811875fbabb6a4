/** One measurement of the tester, or of fast-check, in a process of its own: `task.ts NAME SECONDS|SCHEDULES`. */
import { explore } from '@changeover/tester';
import fc from 'fast-check';
import { checked, POINTS, points, TASKS } from './points.js';

const [name = '', amount = '1'] = process.argv.slice(2);
const MODULE = new URL('points.js', import.meta.url);

const tasks: Readonly<Record<string, (amount: number) => Promise<object>>> = {
  ours: (seconds) => ourRate(points, seconds),
  random: (seconds) => ourRate(points, seconds, { strategy: 'random' }),
  checked: (seconds) => ourRate(checked, seconds),
  'fast-check': fastCheckRate,
  'one-thread': (schedules) => threads(schedules, 1),
  'two-threads': (schedules) => threads(schedules, 2),
  heap,
};

async function ourRate(
  scenario: Parameters<typeof explore>[0],
  seconds: number,
  options: Parameters<typeof explore>[1] = {},
): Promise<object> {
  await explore(scenario, { ...options, seconds: seconds / 4, schedules: Number.POSITIVE_INFINITY });
  const report = await explore(scenario, { ...options, seconds, schedules: Number.POSITIVE_INFINITY });
  return { rate: report.assertPassed().schedules / report.seconds };
}

async function fastCheckRate(seconds: number): Promise<object> {
  const run = async (s: fc.Scheduler) => {
    const task = async () => {
      for (let point = 0; point < POINTS; point++) await s.schedule(Promise.resolve());
    };
    await s.waitFor(Promise.all(Array.from({ length: TASKS }, task)));
  };
  const property = fc.asyncProperty(fc.scheduler(), run);
  const timed = async (limit: number) => {
    const began = performance.now();
    const interrupt = { interruptAfterTimeLimit: limit * 1000, markInterruptAsFailure: false };
    const details = await fc.check(property, { numRuns: 1e9, ...interrupt });
    return { rate: (details.numRuns / (performance.now() - began)) * 1000 };
  };
  await timed(seconds / 4);
  return timed(seconds);
}

async function threads(schedules: number, count: number): Promise<object> {
  const report = await explore(points, { schedules, workers: { module: MODULE, export: 'points', count } });
  return { rate: report.assertPassed().schedules / report.seconds };
}

async function heap(schedules: number): Promise<object> {
  const collect = globalThis.gc as () => void;
  const used = () => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  await explore(points, { schedules: schedules / 10 });
  const before = used();
  await explore(points, { schedules });
  return { before, after: used() };
}

const task = tasks[name];
if (!task) throw new Error(`there is no task "${name}"; there are ${Object.keys(tasks).join(', ')}`);
console.log(JSON.stringify(await task(Number(amount))));
