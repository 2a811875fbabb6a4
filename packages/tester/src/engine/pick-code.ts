import type { Fault, Point } from './point.ts';

/**
 * A choice of a point as a number that means the same in every run of the same schedule: the task, which of the task's
 * points in the order in which they were made, and the fault that it met.
 */
export interface Pick {
  readonly task: number;
  readonly nth: number;
  readonly fault: Fault | undefined;
}

const FAULTS: readonly (Fault | undefined)[] = [
  undefined,
  'before',
  'after',
  'duplicate',
  'crash',
  'crash-late',
];
const NTHS = 256;

export function pickCode(enabled: readonly Point[], index: number, fault: Fault | undefined): number {
  const task = (enabled[index] as Point).task;
  let nth = 0;
  while (nth < index && (enabled[index - nth - 1] as Point).task === task) nth++;
  return encodePick({ task, nth, fault });
}

export function encodePick({ task, nth, fault }: Pick): number {
  return (task * NTHS + nth) * FAULTS.length + FAULTS.indexOf(fault);
}

export function decodePick(code: number): Pick {
  const place = Math.floor(code / FAULTS.length);
  return { task: Math.floor(place / NTHS), nth: place % NTHS, fault: FAULTS[code % FAULTS.length] };
}

/** The index of the point that a pick means, or -1 if there is none. */
export function indexOfPick(enabled: readonly Point[], { task, nth }: Pick): number {
  const first = enabled.findIndex((point) => point.task === task);
  const point = first < 0 ? undefined : enabled[first + nth];
  return point && point.task === task ? first + nth : -1;
}
