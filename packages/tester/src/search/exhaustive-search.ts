import { nextValues } from '../engine/draw.ts';
import type { Runs } from '../engine/drive.ts';
import { type Failure, sameFailure } from '../engine/failure.ts';
import { Run } from '../engine/run.ts';
import { Exhaustive, type ExhaustiveOptions } from '../strategy/exhaustive.ts';
import type { Failing } from './failing.ts';
import type { Drawn, Laboratory } from './laboratory.ts';
import type { ProveOptions } from './options.ts';
import { recipeOf } from './sampling-search.ts';
import type { Share } from './share.ts';
import type { Statistics } from './statistics.ts';

/** How far an exhaustive search has come. */
export interface Coverage {
  /** Every schedule of every program, within the bound. */
  complete: boolean;
  programs: number;
  /** If it goes by preemptions: every schedule with so many, and fewer, was run. −1 if not even those without. */
  within: number;
}

export const UNCOVERED: Coverage = { complete: false, programs: 0, within: -1 };

/** Runs every schedule of every program of a share, until one fails. */
export function* exhaustiveSearch(
  laboratory: Laboratory,
  options: ProveOptions,
  share: Share,
  statistics: Statistics,
  coverage: Coverage,
): Runs<Failing | undefined> {
  const {
    preemptions: last = Number.POSITIVE_INFINITY,
    order,
    schedules = Number.POSITIVE_INFINITY,
  } = options;
  const finished = new Set<number>();
  let at = 0;
  const first = order ? 0 : last;
  for (let bound = first; ; bound++) {
    let program = 0;
    for (let draws: number[] | undefined = []; draws; at++, program++) {
      const drawn = laboratory.draw(draws);
      const enough = () => statistics.schedules >= schedules || share.ends(at);
      if (share.owns(program) && !finished.has(program)) {
        const within = { ...options, preemptions: bound };
        const { failing, cut } = yield* allSchedules(laboratory, drawn, within, statistics, enough);
        if (failing) {
          share.failed(at);
          return { ...failing, at, program, ...(order && { preemptions: bound }) };
        }
        if (!cut) finished.add(program);
        if (bound === first) coverage.programs++;
      }
      if (enough()) return undefined;
      draws = laboratory.scenario.program && nextValues(drawn);
    }
    coverage.within = bound;
    coverage.complete = bound >= last || finished.size === coverage.programs;
    if (coverage.complete) return undefined;
  }
}

/** Every schedule of one program. If the program turns out not to be plain, it begins again, carefully. */
function* allSchedules(
  laboratory: Laboratory,
  drawn: Drawn,
  options: ExhaustiveOptions,
  statistics: Statistics,
  enough: () => boolean,
): Runs<{ readonly failing?: Omit<Failing, 'at'>; readonly cut: boolean }> {
  const { program, identity } = drawn;
  let strategy = new Exhaustive(options);
  let mode: 'steady' | 'careful' = 'steady';
  let shortest: { readonly run: Run; readonly failure: Failure } | undefined;
  let more = options.order ? LOOKED_AT : 0;
  while (!enough() && strategy.begin()) {
    const run = new Run(laboratory.stage, { program, identity, strategy, mode, seed: 0 });
    yield run;
    if (run.surprised) {
      strategy = new Exhaustive(options);
      mode = 'careful';
      continue;
    }
    statistics.count(run);
    const failure = run.failure ?? lost(strategy, run);
    const better = shortest
      ? run.steps < shortest.run.steps && sameFailure(failure, shortest.failure)
      : failure !== undefined;
    if (failure && better) shortest = { run, failure };
    if (shortest && more-- === 0) break;
  }
  const { cut } = strategy;
  if (!shortest) return { cut };
  const { run, failure } = shortest;
  return { cut, failing: { failure, recipe: recipeOf(run, drawn.values) } };
}

/** Once a schedule has failed, so many more are run, of which a shorter one may fail as well. */
const LOOKED_AT = 100;

function lost({ lost: message }: Exhaustive, { steps }: Run): Failure | undefined {
  return message === undefined ? undefined : { kind: 'nondeterminism', message, step: steps };
}
