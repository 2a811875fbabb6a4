import type { DrainName } from '../engine/drain.ts';
import type { Limits } from '../engine/stage.ts';
import type { Strategy } from '../engine/strategy.ts';
import type { ExhaustiveOptions } from '../strategy/exhaustive.ts';
import type { StrategyName } from '../strategy/named.ts';
import type { Progress } from './told.ts';

/** Spreads a search over threads. A thread cannot be handed functions: it imports the scenario itself. */
export interface Workers {
  /** The module that exports the scenario, such as `import.meta.url`. */
  readonly module: string | URL;
  /** What it is exported as; `default` if not given. */
  readonly export?: string;
  /** One for each processor by default. */
  readonly count?: number;
  /** Modules that each thread imports first, such as one that registers a loader for TypeScript. */
  readonly imports?: readonly (string | URL)[];
}

/** What all searches have in common. */
export interface CommonOptions extends Partial<Limits> {
  /** The search ends after so many seconds, whatever else it was to do. */
  readonly seconds?: number;
  /** A folder of failing schedules: those of this test are run first, and a new one is added. */
  readonly corpus?: string;
  /**
   * A folder in which a page is written of a schedule that fails, for a browser. The environment variable
   * `CHANGEOVER_TESTER_PAGES` names it if nothing is given.
   */
  readonly pages?: string;
  /** Fails a schedule that touches observed state which its footprints do not tell. */
  readonly audit?: boolean;
  /** How many replays shrinking may take; 0 leaves a failing schedule as it was found. 2,000 by default. */
  readonly shrink?: number;
  /** How to find out that everyone is parked; the fastest that works here, by default. */
  readonly drain?: DrainName;
  /** Searches in several threads. The failing schedule is the same as in one. */
  readonly workers?: Workers;
  /** Is told now and then how far the search has come; not of what threads do. */
  readonly progress?: (progress: Progress) => void;
}

export interface ExploreOptions extends CommonOptions {
  /** A name, or what makes a strategy from a seed; only a name can be handed to workers. */
  readonly strategy?: StrategyName | ((seed: number) => Strategy);
  /** 1,000 by default; if `seconds` or `saturation` are given, as many as it takes. */
  readonly schedules?: number;
  /**
   * The search ends when of its latest schedules, the last thousand or the last tenth of all, whichever is more, a smaller part
   * than this has shown a new trace: 0.001 is one in a thousand. Looked at when a round is over: rounds have 64 schedules at
   * first, and 4,096 in the end. A search that goes on finding new traces does not end by it: give `seconds` besides.
   */
  readonly saturation?: number;
  /** The same seed makes the same search. 1 by default. */
  readonly seed?: number;
  /**
   * Goes on when a schedule has failed, and counts by defect: to say how rare each is. What fails is told apart by its kind and
   * the first line of its message but for its figures. Ended by `schedules`, `seconds` or `saturation` alone.
   */
  readonly keepGoing?: boolean;
  /**
   * Counts how often steps of each kind came directly before steps of each other kind that conflict with them: to see which
   * orders were never tried. The report has it as `coverage`. Makes a search slower.
   */
  readonly coverage?: boolean;
  /** Runs every schedule twice, rather than a few, and fails one that goes two ways. */
  readonly twice?: boolean;
}

export interface ProveOptions extends CommonOptions, ExhaustiveOptions {
  /** Ends the search after so many schedules (in each worker); it is not complete then. */
  readonly schedules?: number;
}
