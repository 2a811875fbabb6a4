import type { Operations, SecondsRange, SideOperations } from 'changeover/move';
import { countOf, formatDuration } from './format.ts';

/** `1.8 s to 4.1 s`, as rough as it is: two digits, and the range never narrower than it was forecast. */
export function secondsText(seconds: SecondsRange | null): string {
  if (!seconds) return 'not known';
  const least = formatDuration(rounded(seconds.atLeast, Math.floor));
  if (seconds.atMost === null) return `${least} at least, more is not known`;
  const most = formatDuration(rounded(seconds.atMost, Math.ceil));
  return least === most ? most : `${least} to ${most}`;
}

/** `195 reads of the source, 195 writes to the target` */
export function operationsText(operations: SideOperations | null): string {
  if (!operations) return 'operations not known';
  const parts = [...sideText(operations.source, 'source'), ...sideText(operations.target, 'target')];
  return parts.length === 0 ? 'no operations' : parts.join(', ');
}

function sideText({ reads, writes }: Operations, side: string): readonly string[] {
  return [
    ...(reads > 0 ? [`${countOf(reads, 'read')} of the ${side}`] : []),
    ...(writes > 0 ? [`${countOf(writes, 'write')} to the ${side}`] : []),
  ];
}

function rounded(seconds: number, round: (number: number) => number): number {
  // Less than a tenth of a second is not shown anyway.
  const unit = Math.max(0.1, 10 ** (Math.floor(Math.log10(Math.max(seconds, 0.1))) - 1));
  return round(seconds / unit) * unit;
}
