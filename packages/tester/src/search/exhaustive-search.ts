import { nextValues } from '../engine/draw.ts';
import type { Runs } from '../engine/drive.ts';
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
}

/** Runs every schedule of every program of a share, until one fails. */
export function* exhaustiveSearch(
  laboratory: Laboratory,
  options: ProveOptions,
  share: Share,
  statistics: Statistics,
  coverage: Coverage,
): Runs<Failing | undefined> {
  const most = options.schedules ?? Number.POSITIVE_INFINITY;
  let at = 0;
  for (let draws: number[] | undefined = []; draws; at++) {
    const drawn = laboratory.draw(draws);
    const enough = () => statistics.schedules >= most || share.ends(at);
    if (share.owns(at)) {
      const failing = yield* allSchedules(laboratory, drawn, options, statistics, enough);
      if (failing) {
        share.failed(at);
        return { ...failing, at };
      }
      coverage.programs++;
    }
    if (enough()) return undefined;
    draws = laboratory.scenario.program && nextValues(drawn);
  }
  coverage.complete = true;
  return undefined;
}

/** Every schedule of one program. If the program turns out not to be plain, it begins again, carefully. */
function* allSchedules(
  laboratory: Laboratory,
  drawn: Drawn,
  options: ExhaustiveOptions,
  statistics: Statistics,
  enough: () => boolean,
): Runs<Omit<Failing, 'at'> | undefined> {
  const { program, identity } = drawn;
  let strategy = new Exhaustive(options);
  let mode: 'steady' | 'careful' = 'steady';
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
    if (failure) return { failure, recipe: recipeOf(run, drawn.values) };
  }
  return undefined;
}

function lost({ lost: message }: Exhaustive, { steps }: Run): Failing['failure'] | undefined {
  return message === undefined ? undefined : { kind: 'nondeterminism', message, step: steps };
}
