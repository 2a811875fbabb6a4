import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MUTANTS } from '@changeover/sim/live';
import { median, type Section, thousands } from '../results.ts';

const SEEDS = [1, 2, 3];
/** Of one search. */
const SECONDS = 60;
const SCRIPT = fileURLToPath(new URL('mutant.ts', import.meta.url));

export interface Search {
  /** How many it took to find the mutant; null if it was not found. */
  readonly schedules: number | null;
  /** Of processor time. */
  readonly seconds: number;
}

type Mutant = (typeof MUTANTS)[number];

/** How many random programs, in random orders, it takes to find each deliberate defect of the live protocol. */
export async function liveMutants(): Promise<Section> {
  const rows = new Map<Mutant, string>();
  const queue = MUTANTS.values();
  // One search for each processor, so that none takes another's time.
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const mutant of queue) {
        rows.set(mutant, await measure(mutant));
        console.log(rows.get(mutant));
      }
    }),
  );
  return {
    title: 'Mutants of the live protocol',
    body: [
      '| mutant | what is broken | programs | found | schedules | seconds |',
      '|---|---|---|---:|---:|---:|',
      ...MUTANTS.map((mutant) => rows.get(mutant) as string),
      '',
      `Medians of ${SEEDS.length} seeds, by the strategy \`mix\`; seconds of processor time. *Programs* names the weights of the generator, none of which`,
      `says what comes first. – : not within ${SECONDS} seconds for most seeds.`,
    ],
  };
}

async function measure(mutant: Mutant): Promise<string> {
  const searches: Search[] = [];
  for (const seed of SEEDS) {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...process.execArgv,
      SCRIPT,
      mutant.name,
      String(seed),
      String(SECONDS),
    ]);
    searches.push(JSON.parse(stdout) as Search);
  }
  return rowOf(mutant, searches);
}

function rowOf({ name, broken, size = 'default' }: Mutant, searches: readonly Search[]): string {
  const found = searches.filter(({ schedules }) => schedules !== null).length;
  const middle = median(searches.map(({ schedules }) => schedules ?? Number.POSITIVE_INFINITY));
  const shown = Number.isFinite(middle) ? thousands(middle) : '–';
  const seconds = median(searches.map((search) => search.seconds)).toFixed(1);
  return `| ${[name, broken, size, `${found} of ${searches.length}`, shown, seconds].join(' | ')} |`;
}
