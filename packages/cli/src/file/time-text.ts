import { formatDuration, formatRate } from '../output/format.ts';

/** `in 1.9 s (66,842 rows/s)` */
export function timeText(rows: number, seconds: number): string {
  const rate = formatRate(rows, seconds);
  return `in ${formatDuration(seconds)}${rate === undefined ? '' : ` (${rate})`}`;
}
