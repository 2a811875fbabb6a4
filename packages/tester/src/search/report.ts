import { page } from '../page/page.ts';
import type { Found } from './examine.ts';
import { printReport } from './print-report.ts';
import type { ReportData } from './report-data.ts';

/** The error that `assertPassed` throws: its message is the whole report. */
export class ScheduleError extends Error {
  readonly code = 'TESTER_SCHEDULE_FAILED';
  readonly token: string;

  constructor(found: Found, message: string) {
    super(message, { cause: found.failure.error });
    this.name = 'ScheduleError';
    this.token = found.token;
    // Where the tester stands when it says so is of no interest; the cause has the stack of what was thrown.
    this.stack = `${this.name}: ${message}`;
  }
}

export class Report implements ReportData {
  declare readonly test: string;
  declare readonly strategy: string;
  declare readonly seed: number;
  declare readonly schedules: number;
  declare readonly abandoned: number;
  declare readonly programs: number | undefined;
  declare readonly steps: number;
  declare readonly longest: number;
  declare readonly seconds: number;
  declare readonly traces: number;
  declare readonly newTraces: readonly number[];
  declare readonly curve: ReportData['curve'];
  declare readonly chanceOfNew: number | undefined;
  declare readonly complete: boolean;
  declare readonly ended: ReportData['ended'];
  declare readonly arms: ReportData['arms'];
  declare readonly coverage: ReportData['coverage'];
  declare readonly within: number | undefined;
  declare readonly corpus: ReportData['corpus'];
  declare readonly found: Found | undefined;
  declare readonly defects: ReportData['defects'];
  declare readonly kept: string | undefined;
  declare readonly page: string | undefined;

  constructor(data: ReportData) {
    Object.assign(this, data);
  }

  get passed(): boolean {
    return this.found === undefined;
  }

  /** @throws ScheduleError if a schedule failed */
  assertPassed(): this {
    if (this.found) throw new ScheduleError(this.found, this.toString());
    return this;
  }

  toString(): string {
    return printReport(this);
  }

  /** The report as one file for a browser; a schedule that failed can be walked through in it. */
  toHtml(): string {
    return page(this);
  }

  /** The report for programs; what was thrown is left out, its message is there. */
  toJSON(): object {
    const { found, ...rest } = this;
    if (!found) return { ...rest, passed: true };
    const { error: _, ...failure } = found.failure;
    return { ...rest, passed: false, found: { ...found, failure } };
  }
}
