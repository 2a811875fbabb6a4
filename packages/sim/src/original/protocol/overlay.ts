import { compareKeys, type Row } from './table.ts';

/** Both lists in order of their keys; where both have a row, the target's. */
export function overlay(inSource: readonly Row[], inTarget: readonly Row[]): readonly Row[] {
  if (inTarget.length === 0) return inSource;
  const hidden = new Set(inTarget.map(({ row }) => row));
  return [...inSource.filter(({ row }) => !hidden.has(row)), ...inTarget].toSorted(compareKeys);
}
