import type { Found } from './examine.ts';

/** What a search has come to. */
export interface ReportData {
  readonly test: string;
  readonly strategy: string;
  readonly seed: number;
  readonly schedules: number;
  /** Of an exhaustive search: schedules given up because all of it had been seen in another order. */
  readonly abandoned: number;
  /** Programs that were drawn, in an exhaustive search. */
  readonly programs: number | undefined;
  readonly steps: number;
  readonly longest: number;
  readonly seconds: number;
  /** Schedules that differ in more than the order of independent steps; an estimate. */
  readonly traces: number;
  /** New ones in each thousand schedules: when these run dry, more of the same search finds little. */
  readonly newTraces: readonly number[];
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
