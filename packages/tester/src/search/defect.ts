import { chanceOf, type Range } from './confidence.ts';
import type { Found } from './examine.ts';

/** Failures of one kind whose messages have the same first line but for its figures, in a search that went on. */
export interface Defect {
  readonly kind: string;
  /** The first line of the first one's. */
  readonly message: string;
  /** How many schedules failed so. */
  readonly count: number;
  /** Between what the chance is that a schedule fails so, as the strategy draws them, with 95 % confidence. */
  readonly chance: Range;
  /** The number of the first, and its token, shrunk. */
  readonly schedule: number | undefined;
  readonly token: string;
}

export interface Examined {
  readonly found: Found;
  readonly count: number;
}

export function defectFrom({ found, count }: Examined, schedules: number): Defect {
  const { failure, schedule, token } = found;
  const message = failure.message.split('\n', 1)[0] as string;
  return { kind: failure.kind, message, count, chance: chanceOf(count, schedules), schedule, token };
}
