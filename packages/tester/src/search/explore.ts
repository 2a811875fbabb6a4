import { type Drain, findDrain } from '../engine/drain.ts';
import { drive } from '../engine/drive.ts';
import type { Scenario } from '../engine/scenario.ts';
import { Exhaustive } from '../strategy/exhaustive.ts';
import { strategyNamed } from '../strategy/named.ts';
import type { ArmAccount } from '../strategy/portfolio.ts';
import { keep, readCorpus } from './corpus.ts';
import { defectFrom, type Examined } from './defect.ts';
import { type Ended, endOfProof } from './ended.ts';
import { examine, type Found, testOf } from './examine.ts';
import { type Coverage, exhaustiveSearch, UNCOVERED } from './exhaustive-search.ts';
import type { Repeated } from './failures.ts';
import { type Laboratory, laboratoryFor } from './laboratory.ts';
import type { CommonOptions, ExploreOptions, ProveOptions } from './options.ts';
import { type Counts, coverageOf } from './order-counts.ts';
import { foundAgain, replayToken } from './replay-token.ts';
import { Report } from './report.ts';
import { samplingSearch } from './sampling-search.ts';
import { timer, wholeShare } from './share.ts';
import { type Seen, Statistics } from './statistics.ts';
import { commonMemory, Team } from './team.ts';
import { decodeToken } from './token.ts';
import { told } from './told.ts';
import { exploreInWorkers, proveInWorkers } from './workers.ts';
import { writtenPage } from './written-page.ts';

const SHRINK_REPLAYS = 2000;

/**
 * Samples schedules until one fails, or there were enough.
 *
 * @throws an Error with the code `TESTER_STRATEGY_UNKNOWN`, `TESTER_CORPUS_UNREADABLE`, `TESTER_SCENARIO_MISSING` (the
 * workers' module does not export it) or `TESTER_STRATEGY_NOT_FOR_WORKERS`
 */
export async function explore<World, Program>(
  given: Scenario<World, Program>,
  options: ExploreOptions = {},
): Promise<Report> {
  const { strategy: chosen = 'pos', seed = 1, workers } = options;
  const strategy = typeof chosen === 'string' ? strategyNamed(chosen, seed) : chosen(seed);
  if (workers && typeof chosen !== 'string') throw notForWorkers();
  const scenario = given as Scenario<unknown, unknown>;
  const laboratory = laboratoryFor(scenario, options, seed);
  return report({ laboratory, options, strategy: strategy.name, seed }, async (drain) => {
    if (workers) return exploreInWorkers(workers, forThreads(options));
    const alone = { index: 0, count: 1, common: commonMemory(ArrayBuffer) };
    const team = new Team(alone, timer(options.seconds));
    return drive(told(samplingSearch(laboratory, strategy, options, team), options.progress), drain);
  });
}

/**
 * Tries every schedule of every program that the scenario can draw, up to the order of steps that do not conflict.
 *
 * @throws as `explore` does
 */
export async function prove<World, Program>(
  given: Scenario<World, Program>,
  options: ProveOptions = {},
): Promise<Report> {
  const { workers } = options;
  const scenario = given as Scenario<unknown, unknown>;
  const laboratory = laboratoryFor(scenario, options, 0);
  return report({ laboratory, options, strategy: new Exhaustive(options).name, seed: 0 }, async (drain) => {
    if (workers) return proveInWorkers(workers, forThreads(options));
    const statistics = new Statistics('enumerated');
    const coverage: Coverage = { ...UNCOVERED };
    const share = wholeShare(timer(options.seconds));
    const search = exhaustiveSearch(laboratory, options, share, statistics, coverage);
    const failing = await drive(told(search, options.progress), drain);
    return {
      failures: failing ? [{ first: failing, count: 1 }] : [],
      seen: statistics.seen,
      coverage,
      ended: endOfProof(options, { failing, coverage, schedules: statistics.schedules }),
    };
  });
}

interface Search {
  readonly laboratory: Laboratory;
  readonly options: CommonOptions & Pick<ExploreOptions, 'keepGoing'> & Pick<ProveOptions, 'order'>;
  readonly strategy: string;
  readonly seed: number;
}

interface Searched {
  /** Those that failed, the first of all first. */
  readonly failures: readonly Repeated[];
  readonly seen: Seen;
  readonly ended: Ended;
  readonly coverage?: Coverage | undefined;
  readonly arms?: readonly ArmAccount[] | undefined;
  readonly orders?: Counts | undefined;
}

/** Runs what earlier searches have kept, then this search, and shrinks what is found. */
async function report(
  { laboratory, options, strategy, seed }: Search,
  search: (drain: Drain) => Promise<Searched>,
): Promise<Report> {
  const drain = await findDrain(options.drain);
  const test = testOf(laboratory.scenario);
  const began = performance.now();
  const { found: old, ...corpus } = await runCorpus(laboratory, test, options.corpus, drain);
  const searched: Searched = old
    ? { failures: [], seen: new Statistics().seen, ended: 'failed' }
    : await search(drain);
  const seconds = (performance.now() - began) / 1000;
  const { coverage, seen, ended, arms, orders } = searched;
  const { keepGoing = false, shrink = SHRINK_REPLAYS } = options;
  const failures: Examined[] = [];
  for (const { first, count } of keepGoing ? searched.failures : searched.failures.slice(0, 1)) {
    failures.push({ found: await drive(examine(laboratory, first, shrink), drain), count });
  }
  const found = failures[0]?.found ?? old;
  const kept =
    failures[0] && options.corpus !== undefined
      ? await keep(options.corpus, laboratory.scenario, failures[0].found)
      : undefined;
  const defects = keepGoing ? failures.map((each) => defectFrom(each, seen.schedules)) : undefined;
  const covered = {
    programs: coverage?.programs,
    complete: coverage?.complete ?? false,
    within: options.order && coverage && coverage.within >= 0 ? coverage.within : undefined,
    coverage: orders && coverageOf(orders),
  };
  const data = {
    test,
    strategy,
    seed,
    ...seen,
    ...covered,
    ended,
    arms,
    seconds,
    corpus,
    found,
    defects,
    kept,
  };
  return new Report({ ...data, page: await writtenPage(data, options.pages) });
}

/** The failing schedules of earlier searches come first: what was mended shall stay mended. */
async function runCorpus(
  laboratory: Laboratory,
  test: string,
  folder: string | undefined,
  drain: Drain,
): Promise<{ ran: number; outdated: string[]; found: Found | undefined }> {
  const kept = folder === undefined ? [] : await readCorpus(folder, test);
  const outdated: string[] = [];
  for (const [index, { token, steps }] of kept.entries()) {
    const how = { withCause: true, expected: steps };
    const replayed = await drive(replayToken(laboratory, decodeToken(test, token), how), drain);
    const { failure, divergence } = replayed;
    if (failure) return { ran: index + 1, outdated, found: foundAgain(replayed, failure, token) };
    if (divergence) outdated.push(`${token} (${divergence.message})`);
  }
  return { ran: kept.length, outdated, found: undefined };
}

/** What a thread needs to know: no functions, and nothing that is done here. */
function forThreads<Options extends CommonOptions>({
  workers: _,
  corpus: __,
  shrink: ___,
  progress: ____,
  ...options
}: Options) {
  return options;
}

function notForWorkers(): Error {
  return Object.assign(
    new Error('a strategy of your own cannot be handed to workers; name one, or search in one thread'),
    {
      code: 'TESTER_STRATEGY_NOT_FOR_WORKERS',
    },
  );
}
