import type { Runs } from '../engine/drive.ts';
import type { Recipe } from '../engine/recipe.ts';
import type { Run } from '../engine/run.ts';
import type { Strategy } from '../engine/strategy.ts';
import { type ArmAccount, Portfolio } from '../strategy/portfolio.ts';
import type { Ended } from './ended.ts';
import { Failures, type Repeated } from './failures.ts';
import type { Laboratory } from './laboratory.ts';
import type { ExploreOptions } from './options.ts';
import { type Counts, OrderCounts } from './order-counts.ts';
import { roundFrom } from './round.ts';
import { type Seen, Statistics } from './statistics.ts';
import type { Team } from './team.ts';
import { twice } from './twice.ts';

export interface Explored {
  /** Of the schedules that were run here, those that failed; the first of them comes first. */
  readonly failures: readonly Repeated[];
  readonly ended: Ended;
  /** By all threads, the same in each. */
  readonly seen: Seen;
  readonly arms: readonly ArmAccount[] | undefined;
  /** The orders of the steps of what was run here, if they were to be counted. */
  readonly orders: Counts | undefined;
}

/** The schedules [from, to). */
interface Round {
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Runs schedules, round by round, until one fails or there were enough. Each follows from the seed, its number, and what the
 * rounds before have shown: whoever runs which of them, the lowest that fails is the same, and what is counted.
 */
export function* samplingSearch(
  laboratory: Laboratory,
  strategy: Strategy,
  options: ExploreOptions,
  team: Team,
): Runs<Explored> {
  const statistics = new Statistics();
  const [failures, orders] = [new Failures(), new OrderCounts()];
  const most = mostSchedules(options);
  yield* calibrate(laboratory, strategy);
  let round: Round = { number: 0, from: 0, to: Math.min(roundFrom(0), most) };
  for (;;) {
    yield* runRound(laboratory, strategy, options, { team, round, failures, orders });
    team.meet();
    lookBack(team, round, strategy, statistics);
    const ended = endedWith(round, team, statistics, most, options.saturation);
    if (ended)
      return {
        failures: failures.all,
        ended,
        seen: statistics.seen,
        arms: armsOf(strategy),
        orders: options.coverage ? orders.counts : undefined,
      };
    const { number, to } = round;
    round = { number: number + 1, from: to, to: Math.min(to + roundFrom(to), most) };
  }
}

function armsOf(strategy: Strategy): readonly ArmAccount[] | undefined {
  return strategy instanceof Portfolio ? strategy.accounts : undefined;
}

/** A thousand, unless something else is to end the search. */
function mostSchedules({ schedules, seconds, saturation }: ExploreOptions): number {
  return schedules ?? (seconds === undefined && saturation === undefined ? 1000 : Number.POSITIVE_INFINITY);
}

interface Part {
  readonly team: Team;
  readonly round: Round;
  readonly failures: Failures;
  readonly orders: OrderCounts;
}

/** Runs the part of a round that belongs to this thread, until one of it fails, if that is to be the end. */
function* runRound(
  laboratory: Laboratory,
  strategy: Strategy,
  { twice: everyTwice = false, keepGoing = false }: ExploreOptions,
  { team, round, failures, orders }: Part,
): Runs<void> {
  const { number, from, to } = round;
  for (let schedule = from; schedule < to; schedule++) {
    if (!team.owns(schedule)) continue;
    if (schedule > team.lowest || team.outOfTime(number)) return;
    const { run, drawn, failure: failed } = yield* laboratory.sample(strategy, schedule);
    team.log.write(number, schedule - from, run);
    if (run.options.orders) orders.add(run.options.orders);
    const recipe = recipeOf(run, drawn.values);
    const again = everyTwice || isSpotCheck(schedule);
    const failure = failed ?? (again ? yield* twice(laboratory, recipe) : undefined);
    if (failure) failures.add({ first: { at: schedule, failure, recipe }, count: 1 });
    if (failure && !keepGoing) team.failed(schedule);
  }
}

/** Counts what all have run, in the order of the schedules; nothing of it behind the one that failed. */
function lookBack(
  { log, lowest }: Team,
  { number, from, to }: Round,
  strategy: Strategy,
  statistics: Statistics,
): void {
  const length = Math.min(to, lowest + 1) - from;
  const seen = Array.from({ length }, (_, place) => log.read(number, place));
  strategy.learn?.(
    seen.flatMap((counted, place) => {
      if (!counted) return [];
      const { fingerprint } = counted;
      const fresh = statistics.traces.has(fingerprint) ? undefined : fingerprint;
      return { schedule: from + place, fresh };
    }),
  );
  for (const counted of seen) if (counted) statistics.count(counted);
}

function endedWith(
  { number, to }: Round,
  team: Team,
  { latelyNew }: Statistics,
  most: number,
  saturation = 0,
): Ended | undefined {
  if (team.lowest < to) return 'failed';
  if (team.ranOutOfTime(number)) return 'seconds';
  if (to >= most) return 'schedules';
  return latelyNew !== undefined && latelyNew < saturation ? 'saturation' : undefined;
}

/** A schedule that belongs to no share, and is the same for everybody. Should it fail, so will the search soon. */
function* calibrate(laboratory: Laboratory, strategy: Strategy): Runs<void> {
  if (!strategy.calibrate) return;
  const { run } = yield* laboratory.sample(strategy, 0);
  strategy.calibrate({
    steps: run.steps,
    byTask: run.tasks.map(({ life }) => life.chains.reduce((sum, { released }) => sum + released, 0)),
  });
}

export function recipeOf({ options, picks, choices }: Run, draws: readonly number[]): Recipe {
  return { draws, seed: options.seed, picks, choices, fair: options.strategy.fair };
}

/** What is nondeterministic is so in most schedules: a few are looked at, ever fewer as the search goes on. */
function isSpotCheck(schedule: number): boolean {
  return schedule < 2 || (schedule >= 100 && /^10*$/.test(String(schedule)));
}
