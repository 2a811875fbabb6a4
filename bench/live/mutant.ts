/** Searches for one mutant, in a process of its own, and prints what it took. */
import { MUTANTS, mutantScenario } from '@changeover/sim/live';
import { explore } from '@changeover/tester';
import type { Search } from './mutants.ts';

const [, , name, seed, seconds] = process.argv;
const mutant = MUTANTS.find((each) => each.name === name);
if (!mutant) throw new Error(`there is no mutant ${name}`);
const scenario = await mutantScenario(mutant);
const began = process.cpuUsage();
const { found } = await explore(scenario, {
  strategy: 'mix',
  schedules: 1_000_000,
  seconds: Number(seconds),
  seed: Number(seed),
  shrink: 0,
  maxSteps: 2000,
});
const { user, system } = process.cpuUsage(began);
const search: Search = {
  schedules: found?.schedule === undefined ? null : found.schedule + 1,
  seconds: (user + system) / 1e6,
};
console.log(JSON.stringify(search));
