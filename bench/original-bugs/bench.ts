import {
  BUGS,
  migration,
  mutantOf,
  PAIRS,
  type Protocol,
  protocol,
  STREAM_PAIRS,
} from '@changeover/sim/original';
import { explore, prove, type StrategyName } from '@changeover/tester';
import { median, type Section, thousands } from '../results.ts';
import { EARLIER } from './earlier.ts';

/** The best last: it may go on until it has found everything. */
const STRATEGIES: readonly StrategyName[] = ['random', 'pct(3)', 'pos', 'mix'];
const SEEDS = [1, 2, 3, 4, 5];
const ENOUGH = 20_000;
const ENOUGH_FOR_THE_BEST = 200_000;

/** How long each bug of the original protocol stays hidden, and how much there is to see in all pairs of calls. */
export async function originalBugs(): Promise<Section> {
  const rows: string[] = [];
  for (const { name } of BUGS) {
    const cells: string[] = [];
    for (const strategy of STRATEGIES) cells.push(await untilFound(name, strategy));
    const earlier = EARLIER[name] ?? { pos: '', mix: '', published: '' };
    rows.push(`| ${name} | ${[...cells, earlier.pos, earlier.mix, earlier.published].join(' | ')} |`);
  }
  const best = STRATEGIES.at(-1);
  return {
    title: "The original protocol's bugs",
    body: [
      `| bug | ${STRATEGIES.join(' | ')} | prototype, pos | prototype, mix | published, random / priority |`,
      `|---|${STRATEGIES.map(() => '---:|').join('')}---:|---:|---:|`,
      ...rows,
      '',
      `Schedules to the first failure, and seconds of processor time on one core: medians of ${SEEDS.length} seeds, all by one`,
      `default scenario in which nobody says what comes first. – : not in ${thousands(ENOUGH)} schedules for most seeds`,
      `(${thousands(ENOUGH_FOR_THE_BEST)} for ${best}). The prototype’s are medians of 7 seeds of another port, another generator and another day. The`,
      'published are seconds on other hardware, **from memory**, and to be looked up before anyone relies on them; *by hand*: only',
      'by a test case that forces the order; ✗: not in 100,000 executions.',
      '',
      ...(await everyPair()),
    ],
  };
}

async function untilFound(name: string, strategy: StrategyName): Promise<string> {
  const bug = BUGS.find((each) => each.name === name);
  if (!bug) throw new Error(`there is no bug ${name}`);
  const scenario = migration(await mutantOf(bug));
  const schedules: number[] = [];
  const seconds: number[] = [];
  for (const seed of SEEDS) {
    const enough = strategy === 'mix' ? ENOUGH_FOR_THE_BEST : ENOUGH;
    const began = process.cpuUsage();
    const { found } = await explore(scenario, { strategy, schedules: enough, seed, shrink: 0 });
    seconds.push(found ? cpuSeconds(began) : Number.POSITIVE_INFINITY);
    schedules.push(found?.schedule === undefined ? Number.POSITIVE_INFINITY : found.schedule + 1);
  }
  const middle = median(schedules);
  return Number.isFinite(middle) ? `${thousands(middle)}, ${median(seconds).toFixed(2)} s` : '–';
}

async function everyPair(): Promise<string[]> {
  const uncured = BUGS.find(({ name }) => name === 'CleanUpRacesEnsureSwitched');
  if (!uncured) throw new Error('there is no uncured protocol');
  const cured = await sweep(protocol);
  const before = await sweep(await mutantOf(uncured));
  return [
    '| every order, for all pairs of calls | pairs | explored to the end | traces | failed | seconds |',
    '|---|---:|---:|---:|---:|---:|',
    `| cured | ${cured} |`,
    `| as it was before | ${before} |`,
    '| prototype, cured | 132 | 132 | 444,338 | 0 | 178 on 2 cores |',
    '| prototype, as it was before | 132 | | | 56 | 104 on 2 cores |',
    '',
    'Two applications with one call each, through a whole migration, with the row and without: 12 kinds of batches and queries in',
    'pairs, and each beside a stream of two kinds. The search of a pair ends with its first failure. Seconds are of processor',
    'time. What is left behind at the end is looked at here, and was not in the prototype: it is what refutes most of them.',
  ];
}

async function sweep(of: Protocol): Promise<string> {
  const pairs = [...PAIRS, ...STREAM_PAIRS];
  const began = process.cpuUsage();
  const counted = { complete: 0, traces: 0, failed: 0 };
  for (const { program } of pairs) {
    const report = await prove(migration(of, { program: () => program, forProof: true }), { shrink: 0 });
    counted.traces += report.schedules;
    if (report.complete) counted.complete += 1;
    if (!report.passed) counted.failed += 1;
  }
  const { complete, traces, failed } = counted;
  return [pairs.length, complete, thousands(traces), failed, cpuSeconds(began).toFixed(0)].join(' | ');
}

function cpuSeconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
}
