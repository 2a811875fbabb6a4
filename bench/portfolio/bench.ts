import { fileURLToPath } from 'node:url';
import type { StrategyName } from '@changeover/tester';
import { median, type Section, thousands } from '../results.ts';
import { SUBJECTS } from './scenarios.ts';
import { type Search, searchAll } from './searches.ts';

const STRATEGIES: readonly StrategyName[] = ['random', 'pos', 'pct(3)', 'mix', 'portfolio'];
const SEEDS = [1, 2, 3];
const FILE = fileURLToPath(new URL('searches.jsonl', import.meta.url));

/** A defect by one strategy: medians of the seeds; not found counts as longer than all. */
interface Cell {
  readonly found: number;
  readonly schedules: number;
  readonly seconds: number;
}

/**
 * How soon each strategy finds each defect of both protocols. `BENCH_SECONDS` is the limit of one search, and `BENCH_SUBJECTS`
 * names the defects, separated by commas, if not all.
 */
export async function portfolio(): Promise<Section> {
  const { BENCH_SECONDS = '20', BENCH_SUBJECTS } = process.env;
  const limit = Number(BENCH_SECONDS);
  const named = BENCH_SUBJECTS?.split(',');
  const subjects = SUBJECTS.filter(({ name }) => named?.includes(name) ?? true);
  const plans = subjects.flatMap(({ name: subject }) =>
    SEEDS.flatMap((seed) => inTurn(seed).map((strategy) => ({ subject, strategy, seed, limit }))),
  );
  const searches = await searchAll(plans, FILE);
  const rows = subjects.map(({ name, of }) => {
    return { name, of, cells: STRATEGIES.map((strategy) => cellOf(searches, name, strategy)) };
  });
  return {
    title: 'Strategies side by side',
    body: [
      '| strategy | searches that found it | defects found by most seeds | median schedules | median seconds | the fastest of all |',
      '|---|---:|---:|---:|---:|---:|',
      ...STRATEGIES.map((strategy, at) =>
        summaryOf(
          strategy,
          rows.map(({ cells }) => cells),
          at,
        ),
      ),
      '',
      `${subjects.length} defects of the original protocol and of the live one, ${SEEDS.length} seeds, at most ${limit} seconds for each search, two at a time; told are seconds of processor time.`,
      'Medians over the defects of the medians of the seeds; what was not found counts as longer than the limit (–). *The fastest of all* counts the defects',
      'that no other strategy finds in fewer seconds, by the median of the seeds.',
      '',
      `| defect | of | ${STRATEGIES.join(' | ')} |`,
      `|---|---|${STRATEGIES.map(() => '---:|').join('')}`,
      ...rows.map(({ name, of, cells }) => `| ${[name, of, ...cells.map(shown)].join(' | ')} |`),
      '',
      `Schedules and seconds to the defect, medians of ${SEEDS.length} seeds. – : not found for most of them.`,
    ],
  };
}

/** Another one comes first for each seed, while its code is still cold. */
function inTurn(seed: number): StrategyName[] {
  return [...STRATEGIES.slice(seed), ...STRATEGIES.slice(0, seed)];
}

function cellOf(searches: readonly Search[], subject: string, strategy: string): Cell {
  const own = searches.filter((search) => search.subject === subject && search.strategy === strategy);
  return {
    found: own.filter(({ schedules }) => schedules !== null).length,
    schedules: median(own.map(({ schedules }) => schedules ?? Number.POSITIVE_INFINITY)),
    seconds: median(
      own.map(({ schedules, seconds }) => (schedules === null ? Number.POSITIVE_INFINITY : seconds)),
    ),
  };
}

function summaryOf(strategy: string, rows: readonly (readonly Cell[])[], at: number): string {
  const own = rows.map((cells) => cells[at] as Cell);
  const found = own.reduce((sum, cell) => sum + cell.found, 0);
  const best = rows.filter((cells, row) => {
    const seconds = (own[row] as Cell).seconds;
    return Number.isFinite(seconds) && cells.every((cell) => seconds <= cell.seconds);
  });
  const cells = [
    `${found} of ${own.length * SEEDS.length}`,
    `${own.filter(({ schedules }) => Number.isFinite(schedules)).length} of ${own.length}`,
    finite(median(own.map(({ schedules }) => schedules)), thousands),
    finite(median(own.map(({ seconds }) => seconds)), (seconds) => seconds.toFixed(2)),
    best.length,
  ];
  return `| ${[strategy, ...cells].join(' | ')} |`;
}

function shown({ schedules, seconds }: Cell): string {
  return finite(schedules, (value) => `${thousands(value)}, ${seconds.toFixed(2)} s`);
}

function finite(value: number, show: (value: number) => string): string {
  return Number.isFinite(value) ? show(value) : '–';
}
