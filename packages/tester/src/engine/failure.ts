import { stripVTControlCharacters } from 'node:util';

export type FailureKind =
  /** A task threw: an assertion that does not hold, or an error that nobody caught. */
  | 'error'
  /** A promise was rejected, and nobody was there to hear of it. */
  | 'rejection'
  /** A condition that must always hold did not hold after a step. */
  | 'always'
  /** What must hold at the end does not. */
  | 'at-end'
  /** What must come in the end did not come, although everyone got their turn. */
  | 'eventually'
  /** Tasks wait for each other, and nothing can wake them. */
  | 'deadlock'
  /** A task waits for something that the tester does not control. */
  | 'uncontrolled'
  /** Everyone gets their turn, for ever, and nobody gets on. */
  | 'livelock'
  /** The others get on, but not these. */
  | 'starvation'
  /** The schedule was not over after so many steps; not under fair scheduling, so that it proves no livelock. */
  | 'step-limit'
  /** An operation began and never completed, although its task did. */
  | 'incomplete'
  /** What the operations returned cannot be explained by any order of them. */
  | 'history'
  /** Whether it can be explained was not found out within the budget. */
  | 'undecided'
  /** Shared state was touched that the declared footprint does not tell. */
  | 'audit'
  /** The same schedule went otherwise when it was run again: something is not under control. */
  | 'nondeterminism';

/** Why a schedule failed. */
export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  /** After how many steps. */
  readonly step: number;
  readonly task?: string;
  /** What was thrown, for a reader; not kept in files. */
  readonly error?: unknown;
  /** Lines that say more, such as where each task waits. */
  readonly details?: readonly string[];
}

/** What a failure is recognised by when a schedule is shrunk or replayed: its kind, and what failed, not the exact words. */
export function sameFailure(one: Failure | undefined, other: Failure | undefined): boolean {
  if (!one || !other) return one === other;
  return defectOf(one) === defectOf(other);
}

/** The same for failures that are taken to come from one defect. */
export function defectOf({ kind, message }: Failure): string {
  return `${kind}: ${essence(message)}`;
}

/** The first line without its figures: "expected 2, got 1" and "expected 3, got 2" are one defect. */
function essence(message: string): string {
  return (message.split('\n', 1)[0] as string).replaceAll(/\d+/g, '#');
}

export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Assertions colour what they say, on a terminal, and put blank lines into it.
  return stripVTControlCharacters(text)
    .trim()
    .replaceAll(/\n\s*\n/g, '\n');
}
