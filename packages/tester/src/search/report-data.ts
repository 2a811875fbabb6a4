import type { ArmAccount } from '../strategy/portfolio.ts';
import type { Defect } from './defect.ts';
import type { Ended } from './ended.ts';
import type { Found } from './examine.ts';
import type { OrderCoverage } from './order-counts.ts';
import type { Seen } from './statistics.ts';

/** What a search has come to. */
export interface ReportData extends Seen {
  readonly test: string;
  readonly strategy: string;
  readonly seed: number;
  /** Programs that were drawn, in an exhaustive search. */
  readonly programs: number | undefined;
  readonly seconds: number;
  readonly ended: Ended;
  /** Of a portfolio: what each of its strategies has done. */
  readonly arms: readonly ArmAccount[] | undefined;
  /** Every schedule was tried, within the bound that `strategy` names. Otherwise only so many were sampled. */
  readonly complete: boolean;
  /** Of an exhaustive search that goes by preemptions: every schedule with at most so many was tried. */
  readonly within: number | undefined;
  /** Which kinds of steps came before which, if that was asked for. */
  readonly coverage: OrderCoverage | undefined;
  /** Failing schedules of earlier searches that were run first. */
  readonly corpus: { readonly ran: number; readonly outdated: readonly string[] };
  /** The first that failed. */
  readonly found: Found | undefined;
  /** Of a search that was to keep going: what it found, by the schedules that showed it first. */
  readonly defects: readonly Defect[] | undefined;
  /** Where the failing schedule was kept. */
  readonly kept: string | undefined;
  /** The page that was written of it. */
  readonly page: string | undefined;
}
