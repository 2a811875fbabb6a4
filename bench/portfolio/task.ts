/** Searches for one defect, one after the other, in a process of their own: `task.ts NAME SECONDS STRATEGY=SEED…`. */
import { explore, type StrategyName } from '@changeover/tester';
import { SUBJECTS } from './scenarios.ts';

const [name, limit, ...searches] = process.argv.slice(2);
const subject = SUBJECTS.find((each) => each.name === name);
if (!subject) throw new Error(`there is no defect ${name}`);
const scenario = await subject.scenario();
for (const search of searches) {
  const [strategy, seed] = search.split('=');
  const began = process.cpuUsage();
  const { found } = await explore(scenario, {
    strategy: strategy as StrategyName,
    seed: Number(seed),
    schedules: Number.POSITIVE_INFINITY,
    seconds: Number(limit),
    shrink: 0,
    maxSteps: 2000,
  });
  const { user, system } = process.cpuUsage(began);
  const schedules = found?.schedule === undefined ? null : found.schedule + 1;
  console.log(JSON.stringify({ strategy, seed: Number(seed), schedules, seconds: (user + system) / 1e6 }));
}
