import type { ControlStore, Owner, ProcessProbe } from '../control/index.ts';
import type { Clock } from '../std/index.ts';
import type { Filter, Store } from '../table/index.ts';
import type { Difference, MoveEvent, MoveStep, ValidateSummary } from './events.ts';

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
  /** In any order; undefined means all three, or the rest of an unfinished job. */
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
  onEvent(event: MoveEvent): void;
  /** Awaited, so that a slow report holds the comparison back. */
  onDifference(difference: Difference): Promise<void>;
}

export interface MoveResult {
  readonly job: string;
  readonly steps: readonly MoveStep[];
  /** Rows copied, from the job's beginning. */
  readonly rows: number;
  /** Undefined if validate was not among the steps. */
  readonly validation: ValidateSummary | undefined;
}
