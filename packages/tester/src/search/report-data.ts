import type { ArmAccount } from '../strategy/portfolio.ts';
import type { Ended } from './ended.ts';
import type { Found } from './examine.ts';
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
  /** Failing schedules of earlier searches that were run first. */
  readonly corpus: { readonly ran: number; readonly outdated: readonly string[] };
  readonly found: Found | undefined;
  /** Where the failing schedule was kept. */
  readonly kept: string | undefined;
  /** The page that was written of it. */
  readonly page: string | undefined;
}
