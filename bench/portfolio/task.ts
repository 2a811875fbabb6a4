/** One search for one defect, in a process of its own: `task.ts NAME STRATEGY SEED SECONDS`, of processor time. */
import { explore, type StrategyName } from '@changeover/tester';
import { SUBJECTS } from './scenarios.ts';

const [name, strategy, seed, seconds] = process.argv.slice(2);
const subject = SUBJECTS.find((each) => each.name === name);
if (!subject) throw new Error(`there is no defect ${name}`);
const scenario = await subject.scenario();
const began = process.cpuUsage();

function secondsUsed(): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1e6;
}

function tell(schedules: number | null): never {
  console.log(JSON.stringify({ schedules, seconds: Number(secondsUsed().toFixed(3)) }));
  process.exit();
}

// A search lets timers have their turn: it need not know of processor time.
setInterval(() => {
  if (secondsUsed() > Number(seconds)) tell(null);
}, 50);
const { found } = await explore(scenario, {
  strategy: strategy as StrategyName,
  seed: Number(seed),
  schedules: Number.POSITIVE_INFINITY,
  shrink: 0,
  maxSteps: 2000,
});
tell(found?.schedule === undefined ? null : found.schedule + 1);
