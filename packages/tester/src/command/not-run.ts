import type { Report } from '../search/report.ts';

/** Whether the time was up before the first schedule. Nothing is known of the scenario then: it has not passed. */
export function notRun({ ended, schedules, passed, corpus }: Report): boolean {
  return passed && ended === 'seconds' && schedules === 0 && corpus.ran === 0;
}
