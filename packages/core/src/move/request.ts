import type { ControlStore, Owner, ProcessProbe } from '../control/index.ts';
import type { Clock } from '../std/index.ts';
import type { Filter, Store } from '../table/index.ts';
import type { Difference, MoveEvent, MoveStep, ValidateSummary } from './events.ts';
import type { Forecast, SideOperations } from './forecast.ts';
import type { Scratch } from './probe.ts';

export interface TablePair {
  readonly source: string;
  readonly target: string;
}

/** What to move, and how. */
export interface MoveRequest {
  /** Opened for reading only: a move never changes its source. */
  readonly source: Store;
  readonly target: Store;
  readonly tables: readonly TablePair[];
  readonly filter: Filter | undefined;
  /** In any order; undefined means setup, copy and validate, or the rest of an unfinished job. */
  readonly steps: readonly MoveStep[] | undefined;
  /** Shards in flight. */
  readonly threads: number;
  readonly batchRows: number;
  /** Undefined for as fast as the stores go. */
  readonly rowsPerSecond: number | undefined;
  /** Consent to drop what the target tables hold, and to forget an earlier run of this job. */
  readonly recreate: boolean;
  /** Consent to write over and beside what the target tables hold. */
  readonly intoExisting: boolean;
  /** Whether a repair deletes rows of the target that the source does not have. */
  readonly deleteExtra: boolean;
  /** For people, without secrets; kept in the job's document, so that `status` and `abandon` can speak of it. */
  readonly sourceUrl: string;
  readonly targetUrl: string;
}

/** What a move works with; core has no clock and no process of its own. */
export interface MoveContext {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly owner: Owner;
  readonly probe: ProcessProbe;
  /** Aborting stops cleanly after the batches in flight: `MOVE_INTERRUPTED`. */
  readonly signal: AbortSignal;
  /** Makes a place to measure writing in, for forecasts of time; without it there are none. */
  readonly openScratch?: () => Promise<Scratch>;
  onEvent(event: MoveEvent): void;
  /** Awaited, so that a slow report holds the comparison back. */
  onDifference(difference: Difference): Promise<void>;
}

export interface RepairResult {
  /** Rows that were inserted or overwritten, and then found to be the same. */
  readonly repaired: number;
  readonly deleted: number;
  /** Differences that are still there; the validation of the same result counts them by kind. */
  readonly left: number;
}

export interface MoveResult {
  readonly job: string;
  readonly steps: readonly MoveStep[];
  /** Rows copied, from the job's beginning. */
  readonly rows: number;
  /** What validate found, or what repair left; undefined if neither was among the steps. */
  readonly validation: ValidateSummary | undefined;
  readonly repair: RepairResult | undefined;
  /** What was foreseen when the copy began, perhaps in an earlier run; undefined if nothing was. */
  readonly forecast: Forecast | undefined;
  /** What this run took, to be held against the forecast. */
  readonly taken: readonly StepTaken[];
}

export interface StepTaken {
  readonly step: MoveStep;
  readonly seconds: number;
  readonly operations: SideOperations;
  /** True if an earlier run had done a part of the step, so that this is not all that it took. */
  readonly resumed: boolean;
}
