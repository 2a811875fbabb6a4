import type { RowKey } from '../table/index.ts';
import type { DifferentProperty } from '../transfer/index.ts';

export type MoveStep = 'setup' | 'copy' | 'validate' | 'repair';

/** What a move says while it works. The command line adds `v` and `time`, draws it, or prints it as JSON. */
export type MoveEvent =
  | {
      readonly event: 'started';
      readonly job: string;
      readonly steps: readonly MoveStep[];
      /** True if an earlier run of the same job left work to go on with. */
      readonly resumed: boolean;
      readonly tables: readonly { readonly source: string; readonly target: string }[];
    }
  | { readonly event: 'stepStarted' | 'stepFinished'; readonly job: string; readonly step: MoveStep }
  | {
      readonly event: 'progress';
      readonly job: string;
      readonly step: MoveStep;
      /** The source's name of the table. */
      readonly table: string;
      /** Counted from the job's beginning, across resumes. */
      readonly rows: number;
      readonly bytes: number;
      readonly totalRows: number | null;
      readonly etaSeconds: number | null;
      /** Lately, in this run. */
      readonly rowsPerSecond: number;
      /** True once in a step and table: nothing more will come. */
      readonly finished: boolean;
    }
  | {
      readonly event: 'notice';
      readonly job: string;
      readonly step: MoveStep;
      readonly message: string;
      /** Of the error that it tells of, if it does. */
      readonly code?: string;
    }
  | ({ readonly event: 'summary'; readonly job: string } & ValidateSummary);

export interface ValidateSummary {
  readonly compared: number;
  readonly notCompared: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
}

/** One row that is not the same on both sides; a line of the report. */
export interface Difference extends RowKey {
  readonly event: 'difference';
  readonly kind: 'missing' | 'extra' | 'different';
  /** The source's name of the table. */
  readonly table: string;
  /** What differs; every property of the row if it is missing or extra. */
  readonly properties: readonly DifferentProperty[];
}
