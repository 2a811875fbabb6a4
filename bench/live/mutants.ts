import { MUTANTS, mutantScenario } from '@changeover/sim/live';
import { explore } from '@changeover/tester';
import { median, type Section, thousands } from '../results.ts';

const SEEDS = [1, 2, 3];
/** Of one search. */
const SECONDS = 60;

/** How many random programs, in random orders, it takes to find each deliberate defect of the live protocol. */
export async function liveMutants(): Promise<Section> {
  const rows: string[] = [];
  for (const mutant of MUTANTS) {
    const scenario = await mutantScenario(mutant);
    const schedules: number[] = [];
    const seconds: number[] = [];
    for (const seed of SEEDS) {
      const began = process.cpuUsage();
      const { found } = await explore(scenario, {
        strategy: 'mix',
        schedules: 1_000_000,
        seconds: SECONDS,
        seed,
        shrink: 0,
        maxSteps: 2000,
      });
      const { user, system } = process.cpuUsage(began);
      schedules.push(found?.schedule === undefined ? Number.POSITIVE_INFINITY : found.schedule + 1);
      seconds.push((user + system) / 1e6);
    }
    rows.push(rowOf(mutant, schedules, seconds));
    console.log(rows.at(-1));
  }
  return {
    title: 'Mutants of the live protocol',
    body: [
      '| mutant | what is broken | programs | found | schedules | seconds |',
      '|---|---|---|---:|---:|---:|',
      ...rows,
      '',
      `Medians of ${SEEDS.length} seeds, by the strategy \`mix\`; seconds of processor time. *Programs* names the weights of the generator, none of which`,
      `says what comes first. – : not within ${SECONDS} seconds for most seeds.`,
    ],
  };
}

function rowOf(
  { name, broken, size = 'default' }: (typeof MUTANTS)[number],
  schedules: readonly number[],
  seconds: readonly number[],
): string {
  const found = schedules.filter((each) => Number.isFinite(each)).length;
  const middle = median([...schedules]);
  const shown = Number.isFinite(middle) ? thousands(middle) : '–';
  const cells = [
    name,
    broken,
    size,
    `${found} of ${schedules.length}`,
    shown,
    median([...seconds]).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}
