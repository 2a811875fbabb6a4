import { defectOf } from '../engine/failure.ts';
import type { Failing } from './failing.ts';

/** One defect, as far as failures tell: their kind, and the first line of their message but for its figures. */
export interface Repeated {
  /** The schedule with the lowest number. */
  readonly first: Failing;
  readonly count: number;
}

/** So many defects are told apart; a search that finds more of them counts only these. */
const MOST = 100;

/** The failures of a search, counted by defect. */
export class Failures {
  private readonly byDefect = new Map<string, Repeated>();

  add({ first, count }: Repeated): void {
    const defect = defectOf(first.failure);
    const known = this.byDefect.get(defect);
    if (!known && this.byDefect.size === MOST) return;
    const earlier = known && known.first.at < first.at ? known.first : first;
    this.byDefect.set(defect, { first: earlier, count: (known?.count ?? 0) + count });
  }

  /** In the order of their first schedules. */
  get all(): Repeated[] {
    return [...this.byDefect.values()].toSorted((one, other) => one.first.at - other.first.at);
  }
}
