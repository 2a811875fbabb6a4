import { chanceOfNone } from './confidence.ts';
import type { Defect } from './defect.ts';
import { number, percent, plural } from './phrases.ts';
import type { ReportData } from './report-data.ts';

const ENDED = {
  failed: 'by a schedule that failed',
  schedules: 'by the number of schedules',
  seconds: 'by the time',
  saturation: 'by saturation: hardly any new traces came',
  complete: 'when everything was tried',
};

/** What a sampling search can say of itself: how it ended, how much it has seen of what there is, and what that is worth. */
export function printSampling(report: ReportData): string[] {
  const { schedules, strategy, ended, arms, defects } = report;
  return [
    `ended ${ENDED[ended]}`,
    ...(arms
      ? [`shares: ${arms.map(({ strategy: name, share }) => `${name} ${percent(share)}`).join(', ')}`]
      : []),
    ...(schedules > 1 ? [`traces: ${printCurve(report)}; ${printChance(report)}`] : []),
    ...(defects?.length
      ? defects.map((defect) => printDefect(defect, report))
      : [
          `with 95 % confidence, fewer than ${inWords(chanceOfNone(schedules))} of the schedules that ${strategy} draws fail`,
        ]),
  ].map((line) => `  ${line}`);
}

function printDefect(
  { kind, message, count, chance, token }: Defect,
  { schedules, strategy }: ReportData,
): string {
  const times = count === 1 ? 'once' : `${number(count)} times`;
  const between = `between ${inWords(chance.low)} and ${inWords(chance.high)} of those that ${strategy} draws (95 %)`;
  return `${kind}: ${message}: found ${times} in ${plural(schedules, 'schedule')}, ${between}; ${token}`;
}

/** Three points of it, the last at the end. */
function printCurve({ curve, schedules }: ReportData): string {
  const points = [64, 8, 1].flatMap(
    (part) => curve.findLast((point) => point.schedules * part <= schedules) ?? [],
  );
  const [first, ...others] = [...new Set(points)];
  if (!first) return 'none';
  return [
    `${number(first.traces)} after ${plural(first.schedules, 'schedule')}`,
    ...others.map((point) => `${number(point.traces)} after ${number(point.schedules)}`),
  ].join(', ');
}

function printChance({ chanceOfNew = 0, schedules }: ReportData): string {
  return chanceOfNew > 0
    ? `the next schedule shows a new one with a chance of about ${inWords(chanceOfNew)}`
    : `each was seen more than once, and the chance of a new one is below ${inWords(1 / schedules)}`;
}

/** 0.002 is 1 in 500. */
function inWords(chance: number): string {
  return `1 in ${chance > 0.1 ? (1 / chance).toFixed(1) : number(1 / chance)}`;
}
