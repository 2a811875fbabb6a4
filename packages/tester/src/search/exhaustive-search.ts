import { nextValues } from '../engine/draw.ts';
import type { Runs } from '../engine/drive.ts';
import { Run } from '../engine/run.ts';
import { Exhaustive, type ExhaustiveOptions } from '../strategy/exhaustive.ts';
import type { Drawn, Laboratory } from './laboratory.ts';
import { type Failing, recipeOf } from './sampling-search.ts';
import type { Statistics } from './statistics.ts';

/** How far an exhaustive search has come. */
export interface Coverage {
  /** Every schedule of every program, within the bound. */
  complete: boolean;
  programs: number;
}

/** Runs every schedule of every program that can be drawn, until one fails or `enough` says so. */
export function* exhaustiveSearch(
  laboratory: Laboratory,
  options: ExhaustiveOptions,
  statistics: Statistics,
  coverage: Coverage,
  enough: () => boolean,
): Runs<Failing | undefined> {
  for (let draws: number[] | undefined = []; draws; ) {
    const drawn = laboratory.draw(draws);
    const failing = yield* allSchedules(laboratory, drawn, options, statistics, enough);
    if (failing) return failing;
    if (enough()) return undefined;
    coverage.programs++;
    draws =
      laboratory.scenario.program && nextValues({ values: [...drawn.values], limits: [...drawn.limits] });
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
): Runs<Failing | undefined> {
  let strategy = new Exhaustive(options);
  let mode: 'steady' | 'careful' = 'steady';
  while (!enough() && strategy.begin()) {
    const run = new Run(laboratory.stage, { program: drawn.program, strategy, mode, seed: 0 });
    yield run;
    if (run.surprised) {
      strategy = new Exhaustive(options);
      mode = 'careful';
      continue;
    }
    statistics.count(run);
    const failure = run.failure ?? lost(strategy, run);
    if (failure) return { schedule: statistics.schedules - 1, failure, recipe: recipeOf(run, drawn.values) };
  }
  return undefined;
}

function lost({ lost: message }: Exhaustive, { steps }: Run): Failing['failure'] | undefined {
  return message === undefined ? undefined : { kind: 'nondeterminism', message, step: steps };
}
