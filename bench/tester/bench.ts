import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StrategyName } from '@changeover/tester';
import { type Demo, demos } from '../../examples/02-find-a-race/demos.ts';
import { median, type Section, thousands } from '../results.ts';

const ROUNDS = 5;
const SECONDS = 3;
const THREADED_SCHEDULES = 300_000;
const HEAP_SCHEDULES = 100_000;
const SEEDS = 15;
const MOST_SCHEDULES = 20_000;
const STRATEGIES: readonly StrategyName[] = ['pos', 'pct(3)', 'uniform', 'random'];

interface Measured {
  readonly rate: number;
  readonly before: number;
  readonly after: number;
}

/** Runs one task in a process of its own, which loads the built package, as a user's process would. */
async function measure(name: string, amount: number): Promise<Measured> {
  const script = fileURLToPath(new URL('task.ts', import.meta.url));
  const args = ['--expose-gc', '--import', 'tsx', script, name, String(amount)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as Measured;
}

/** How fast schedules are run, beside the nearest that there is for TypeScript. */
export async function testerSpeed(): Promise<Section> {
  const names = ['ours', 'random', 'checked', 'fast-check'] as const;
  const rounds: Record<(typeof names)[number], number>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const rates = { ours: 0, random: 0, checked: 0, 'fast-check': 0 };
    for (const name of names) rates[name] = (await measure(name, SECONDS)).rate;
    rounds.push(rates);
  }
  const threaded: { one: number; two: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const one = (await measure('one-thread', THREADED_SCHEDULES)).rate;
    threaded.push({ one, two: (await measure('two-threads', THREADED_SCHEDULES)).rate });
  }
  const { before, after } = await measure('heap', HEAP_SCHEDULES);
  const row = (what: string, name: (typeof names)[number], reach: string) => {
    const rate = median(rounds.map((each) => each[name]));
    const ratio = median(rounds.map((each) => each[name] / each['fast-check']));
    return `| ${what} | ${thousands(rate)} | ${ratio.toFixed(1)} | ${reach} |`;
  };
  const ratios = threaded.map(({ one, two }) => two / one);
  return {
    title: 'Schedules a second in the tester',
    body: [
      '| 4 tasks × 20 points | schedules/s | times fast-check | to reach |',
      '|---|---:|---:|---:|',
      row('fast-check, `scheduler()`', 'fast-check', ''),
      row('ours, `explore` as it is: partial-order sampling, traces told apart, spot checks', 'ours', '≥ 10'),
      row('ours, a plain random walk, as fast-check has it', 'random', ''),
      row('ours, and 80 operations of each schedule checked for linearizability', 'checked', ''),
      '',
      `Two threads: ${median(ratios).toFixed(2)} × one (to reach: ≥ 1.7), ${thousands(THREADED_SCHEDULES)} schedules each. ` +
        `Heap after ${thousands(HEAP_SCHEDULES)} schedules: ${after.toFixed(1)} MB, before: ${before.toFixed(1)} MB.`,
      '',
      `Median of ${ROUNDS} rounds, in turn, each in a process of its own; the ratio is the median of the rounds’ own ratios.`,
    ],
  };
}

/** How many schedules it takes each strategy to find the bugs of the demos. */
export async function testerDemos(): Promise<Section> {
  const rows: string[] = [];
  for (const demo of demos) {
    const cells: string[] = [];
    for (const strategy of STRATEGIES) cells.push(await schedulesTo(demo, strategy));
    rows.push(`| ${demo.name} | ${cells.join(' | ')} |`);
  }
  return {
    title: 'Schedules to the bug of each demo',
    body: [
      `| demo | ${STRATEGIES.join(' | ')} |`,
      `|---|${STRATEGIES.map(() => '---:').join('|')}|`,
      ...rows,
      '',
      `Median of ${SEEDS} seeds; in brackets how many of them found it, if not all, in at most ${thousands(MOST_SCHEDULES)} schedules.`,
    ],
  };
}

async function schedulesTo(demo: Demo, strategy: StrategyName): Promise<string> {
  const found: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const report = await demo.bug.explore({ strategy, seed, schedules: MOST_SCHEDULES, shrink: 0 });
    if (report.found?.schedule !== undefined) found.push(report.found.schedule + 1);
  }
  const all = [...found, ...Array.from({ length: SEEDS - found.length }, () => Number.POSITIVE_INFINITY)];
  const middle = median(all);
  const text = Number.isFinite(middle) ? thousands(middle) : `> ${thousands(MOST_SCHEDULES)}`;
  return found.length === SEEDS ? text : `${text} (${found.length}/${SEEDS})`;
}
