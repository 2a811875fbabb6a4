import type { MoveStep } from 'changeover/move';
import { formatBar, formatCount, formatEstimate, formatRows } from './format.ts';
import type { Standing } from './step-totals.ts';

/** What a step is doing, for people. */
export const DOING: Readonly<Record<MoveStep, string>> = {
  setup: 'setting up',
  copy: 'copying',
  validate: 'comparing',
  repair: 'repairing',
};

/** `1,234 of 5,000 rows (24%), 300 rows/s, about 13 s left`, leaving out what is not known. */
export function standingText({ rows, totalRows, rowsPerSecond, etaSeconds }: Standing): string {
  const parts = [
    totalRows === null
      ? formatRows(rows)
      : `${formatCount(rows)} of ${formatRows(totalRows)} (${percent(rows, totalRows)}%)`,
  ];
  if (rowsPerSecond > 0) parts.push(`${formatCount(rowsPerSecond)} rows/s`);
  if (etaSeconds !== null && etaSeconds > 0) parts.push(`${formatEstimate(etaSeconds)} left`);
  return parts.join(', ');
}

const BAR_WIDTH = 20;

/** A bar and {@link standingText}; no bar where the total is not known. */
export function barText(name: string, standing: Standing): string {
  const { rows, totalRows } = standing;
  if (totalRows === null) return `${name}  ${standingText(standing)}`;
  return `${name}  ${formatBar(totalRows === 0 ? 1 : rows / totalRows, BAR_WIDTH)}  ${standingText(standing)}`;
}

/** Never 100 before all is done. */
function percent(rows: number, totalRows: number): number {
  return totalRows === 0 ? 100 : Math.floor((rows / totalRows) * 100);
}
