import { appendFile, writeFile } from 'node:fs/promises';
import { testOf } from '../search/examine.ts';
import { explore, prove } from '../search/explore.ts';
import type { ExploreOptions, ProveOptions } from '../search/options.ts';
import { replay } from '../search/replay.ts';
import type { Report } from '../search/report.ts';
import { testHash } from '../search/token.ts';
import type { StrategyName } from '../strategy/named.ts';
import { junit } from './junit.ts';
import { notRun } from './not-run.ts';
import { ProgressLine } from './progress.ts';
import { HELP, type Request, requestOf, UsageError } from './request.ts';
import { addressOf, addressOfFile, type Named, scenariosOf } from './scenarios.ts';
import { summaryOf } from './summary.ts';

/**
 * Does what the command line says, and gives the exit code: 0 passed, 1 a schedule failed, 2 called wrongly, not all could be
 * written, or a scenario was not run.
 */
export async function run(args: readonly string[]): Promise<0 | 1 | 2> {
  try {
    const request = requestOf(args);
    if (request === 'help') {
      console.log(HELP);
      return 0;
    }
    return await perform(request);
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    const known = error instanceof UsageError || syscall !== undefined || code?.startsWith('TESTER_');
    if (!known) throw error;
    console.error(`changeover-tester: ${message}\n`);
    if (error instanceof UsageError) console.error(HELP);
    return 2;
  }
}

async function perform(request: Request): Promise<0 | 1 | 2> {
  const { values, file } = request;
  const imports = (values.import ?? []).map(addressOf);
  for (const each of imports) await import(each);
  const all = await scenariosOf(file, request.export);
  const scenarios = request.token === undefined ? all : ofToken(all, request.token);
  const reports: Report[] = [];
  const began = performance.now();
  for (const [at, named] of scenarios.entries()) {
    const { seconds } = request.numbers;
    const left = seconds === undefined ? undefined : seconds - (performance.now() - began) / 1000;
    const share = left === undefined ? undefined : Math.max(0, left) / (scenarios.length - at);
    const report = await search(request, named, imports, share);
    if (!values.json && !notRun(report)) print(report);
    reports.push(report);
  }
  if (values.json) console.log(JSON.stringify(reports, null, 2));
  await write(request, scenarios, reports);
  if (reports.some(({ passed }) => !passed)) return 1;
  const missed = reports.filter(notRun);
  for (const { test } of missed)
    console.error(`changeover-tester: ${test} was not run: no time was left for it`);
  return missed.length > 0 ? 2 : 0;
}

/** The scenario that the token is of; if there is none, the first says what is wrong with it. */
function ofToken(scenarios: readonly Named[], token: string): readonly Named[] {
  const of = scenarios.filter(({ scenario }) => token.split('.')[1] === testHash(testOf(scenario)));
  return (of.length > 0 ? of : scenarios).slice(0, 1);
}

async function search(
  { command, token, numbers, values, file }: Request,
  { scenario, name }: Named,
  imports: readonly string[],
  seconds: number | undefined,
): Promise<Report> {
  const { corpus, pages, strategy, 'keep-going': keepGoing, coverage, debug, order } = values;
  const { workers, saturation, schedules, seed, preemptions } = numbers;
  if (command === 'replay') {
    return (await replay(scenario, token as string, present({ pages, debug }))).report;
  }
  const progress = new ProgressLine(scenario.name, seconds);
  const threads =
    workers === undefined
      ? undefined
      : { module: addressOfFile(file), export: name, count: workers, imports };
  const common = present({ corpus, pages, seconds, schedules, workers: threads, progress: progress.tell });
  try {
    if (command === 'prove')
      return await prove(scenario, { ...common, ...present({ order, preemptions }) } as ProveOptions);
    const named = strategy as StrategyName | undefined;
    const more = present({ strategy: named, saturation, keepGoing, coverage, seed });
    return await explore(scenario, { ...common, ...more } as ExploreOptions);
  } finally {
    progress.clear();
  }
}

/** Without what is not given: that is another thing than given as undefined. */
function present<T extends object>(options: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}

function print(report: Report): void {
  const text = report.toString();
  const colour = report.passed ? 32 : 31;
  console.log(process.stdout.isTTY ? text.replace(/^[✓✗].*$/mu, `\u001B[${colour}m$&\u001B[39m`) : text);
}

async function write(
  { values, file }: Request,
  scenarios: readonly Named[],
  reports: readonly Report[],
): Promise<void> {
  if (values.junit !== undefined) await writeFile(values.junit, junit(reports));
  const imports = (values.import ?? []).map((each) => ` --import ${each}`).join('');
  const results = reports.map((report, at) => {
    return { report, again: `npx changeover-tester replay${imports} '${file}#${scenarios[at]?.name}'` };
  });
  if (values.summary !== undefined) await writeFile(values.summary, summaryOf(results));
  else if (process.env['GITHUB_STEP_SUMMARY']) {
    await appendFile(process.env['GITHUB_STEP_SUMMARY'], summaryOf(results));
  }
}
