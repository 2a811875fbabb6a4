import type { Difference, Side } from '../live/index.ts';
import type { TaskKind } from './state.ts';
import type { Counts } from './task.ts';

export interface WaitedFor {
  readonly label: string;
  readonly pid: number;
  readonly host: string;
  readonly group: string;
  /** Until when it is waited for, if it is not heard from; milliseconds since 1970. */
  readonly leaseUntilMs: number | null;
}

/** What whoever drives a migration says. */
export type LiveEvent =
  | { readonly event: 'drives'; readonly migration: string; readonly resumed: boolean }
  | { readonly event: 'turned'; readonly side: Side; readonly plan: number }
  | {
      readonly event: 'phase';
      readonly number: number;
      readonly phase: string;
      readonly state: 'begun' | 'settled';
    }
  /** Nobody goes on before these have acknowledged; empty when they have. */
  | { readonly event: 'waiting'; readonly clients: readonly WaitedFor[] }
  | { readonly event: 'taskStarted' | 'taskFinished'; readonly task: TaskKind; readonly counts: Counts }
  | {
      readonly event: 'progress';
      readonly task: TaskKind;
      readonly shards: number;
      readonly shardsDone: number;
      readonly partitions: number;
      readonly rows: number;
      readonly totalRows: number | null;
      readonly rowsPerSecond: number;
      readonly etaSeconds: number | null;
      readonly finished: boolean;
    }
  | Difference
  /** What became of the name of the retired table: its new one, or why it keeps the one that it has. */
  | {
      readonly event: 'retired';
      readonly side: Side;
      readonly table: string;
      readonly newTable: string | null;
      readonly why: string | null;
    }
  | { readonly event: 'follows'; readonly holder: string }
  | { readonly event: 'reached'; readonly phase: string };
