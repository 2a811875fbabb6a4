import { type DrainName, findDrain } from '../engine/drain.ts';
import { drive } from '../engine/drive.ts';
import type { Scenario } from '../engine/scenario.ts';
import { type Limits, stageFor } from '../engine/stage.ts';
import type { Strategy } from '../engine/strategy.ts';
import type { ExhaustiveOptions } from '../strategy/exhaustive.ts';
import { Exhaustive } from '../strategy/exhaustive.ts';
import { type StrategyName, strategyNamed } from '../strategy/named.ts';
import { keep, readCorpus } from './corpus.ts';
import { examine, type Found, testOf } from './examine.ts';
import { type Coverage, exhaustiveSearch } from './exhaustive-search.ts';
import { Laboratory } from './laboratory.ts';
import { type Replayed, replayToken } from './replay-token.ts';
import { Report } from './report.ts';
import type { ReportData } from './report-data.ts';
import { type Failing, type Share, samplingSearch } from './sampling-search.ts';
import { Statistics } from './statistics.ts';
import { decodeToken } from './token.ts';

/** What all searches have in common. */
export interface CommonOptions extends Partial<Limits> {
  /** The search ends after so many seconds, whatever else it was to do. */
  readonly seconds?: number;
  /** A folder of failing schedules: those of this test are run first, and a new one is added. */
  readonly corpus?: string;
  /** Fails a schedule that touches observed state which its footprints do not tell. */
  readonly audit?: boolean;
  /** How many replays shrinking may take; 0 leaves a failing schedule as it was found. 2,000 by default. */
  readonly shrink?: number;
  /** How to find out that everyone is parked; the fastest that works here, by default. */
  readonly drain?: DrainName;
}

export interface ExploreOptions extends CommonOptions {
  readonly strategy?: StrategyName | ((seed: number) => Strategy);
  /** 1,000 by default. */
  readonly schedules?: number;
  /** The same seed makes the same search. 1 by default. */
  readonly seed?: number;
  /** Runs every schedule twice, rather than a few, and fails one that goes two ways. */
  readonly twice?: boolean;
}

export interface ProveOptions extends CommonOptions, ExhaustiveOptions {
  /** Ends the search after so many schedules; it is not complete then. */
  readonly schedules?: number;
}

const SHRINK_REPLAYS = 2000;

/** Samples schedules until one fails, or there were enough. */
export async function explore<World, Program>(
  scenario: Scenario<World, Program>,
  options: ExploreOptions = {},
): Promise<Report> {
  const { strategy: chosen = 'pos', schedules = 1000, seed = 1, twice = false } = options;
  const strategy = typeof chosen === 'string' ? strategyNamed(chosen, seed) : chosen(seed);
  return search(scenario, options, { strategy: strategy.name, seed }, (laboratory, statistics, until) =>
    samplingSearch(laboratory, strategy, allOf(schedules, until), statistics, twice),
  );
}

/** Tries every schedule of every program that the scenario can draw, up to equivalence. */
export async function prove<World, Program>(
  scenario: Scenario<World, Program>,
  options: ProveOptions = {},
): Promise<Report> {
  const { schedules = Number.POSITIVE_INFINITY } = options;
  const { name } = new Exhaustive(options);
  const coverage: Coverage = { complete: false, programs: 0 };
  return search(scenario, options, { strategy: name, seed: 0, coverage }, (laboratory, statistics, until) =>
    exhaustiveSearch(
      laboratory,
      options,
      statistics,
      coverage,
      () => statistics.schedules >= schedules || until(),
    ),
  );
}

/**
 * Runs one schedule again.
 *
 * @throws an Error with the code `TESTER_TOKEN_INVALID` or `TESTER_TOKEN_OF_ANOTHER_TEST`
 */
export async function replay<World, Program>(
  scenario: Scenario<World, Program>,
  token: string,
  options: Pick<CommonOptions, 'audit' | 'drain' | 'maxSteps' | 'fairAfter'> = {},
): Promise<Replayed> {
  const recipe = decodeToken(testOf(scenario), token);
  const laboratory = laboratoryFor(scenario, options, 0);
  return drive(replayToken(laboratory, recipe), await findDrain(options.drain));
}

interface Heading {
  readonly strategy: string;
  readonly seed: number;
  readonly coverage?: Coverage;
}

type Searching = (
  laboratory: Laboratory,
  statistics: Statistics,
  until: () => boolean,
) => Generator<import('../engine/run.ts').Run, Failing | undefined, void>;

async function search<World, Program>(
  scenario: Scenario<World, Program>,
  options: CommonOptions,
  { strategy, seed, coverage }: Heading,
  searching: Searching,
): Promise<Report> {
  const drain = await findDrain(options.drain);
  const laboratory = laboratoryFor(scenario, options, seed);
  const statistics = new Statistics();
  const began = performance.now();
  const { found: old, ...corpus } = await runCorpus(laboratory, options, drain);
  const end = began + (options.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  const failing = old
    ? undefined
    : await drive(
        searching(laboratory, statistics, () => performance.now() > end),
        drain,
      );
  const seconds = (performance.now() - began) / 1000;
  const found =
    old ?? (failing && (await drive(examine(laboratory, failing, options.shrink ?? SHRINK_REPLAYS), drain)));
  const test = testOf(scenario);
  const kept =
    found && !old && options.corpus !== undefined ? await keep(options.corpus, test, found) : undefined;
  return new Report({
    test,
    strategy,
    seed,
    ...pickStatistics(statistics),
    programs: coverage?.programs,
    complete: coverage?.complete ?? false,
    seconds,
    corpus,
    found,
    kept,
  });
}

function laboratoryFor<World, Program>(
  scenario: Scenario<World, Program>,
  { maxSteps, fairAfter, audit }: CommonOptions,
  seed: number,
): Laboratory {
  const stage = stageFor(scenario as Scenario<unknown, unknown>, {
    ...(maxSteps === undefined ? {} : { maxSteps }),
    ...(fairAfter === undefined ? {} : { fairAfter }),
    auditing: audit ?? false,
  });
  return new Laboratory(stage, seed);
}

/** The failing schedules of earlier searches come first: what was mended shall stay mended. */
async function runCorpus(
  laboratory: Laboratory,
  { corpus }: CommonOptions,
  drain: Awaited<ReturnType<typeof findDrain>>,
): Promise<{ ran: number; outdated: string[]; found: Found | undefined }> {
  const outdated: string[] = [];
  if (corpus === undefined) return { ran: 0, outdated, found: undefined };
  const kept = await readCorpus(corpus, testOf(laboratory.scenario));
  let ran = 0;
  for (const { token, steps } of kept) {
    const recipe = decodeToken(testOf(laboratory.scenario), token);
    const replayed = await drive(replayToken(laboratory, recipe, steps), drain);
    ran++;
    const { failure, divergence } = replayed;
    if (!failure && divergence) outdated.push(`${token} (${divergence.message})`);
    if (failure) {
      const found = { ...replayed, failure, token, schedule: undefined, shrunk: undefined };
      return { ran, outdated, found };
    }
  }
  return { ran, outdated, found: undefined };
}

function allOf(schedules: number, until: () => boolean): Share {
  return { next: (from) => (from < schedules && !until() ? from : undefined), failed: () => undefined };
}

function pickStatistics({
  schedules,
  abandoned,
  steps,
  longest,
  newTraces,
  traces,
}: Statistics): Pick<ReportData, 'schedules' | 'abandoned' | 'steps' | 'longest' | 'newTraces' | 'traces'> {
  return { schedules, abandoned, steps, longest, newTraces, traces: traces.estimate };
}
