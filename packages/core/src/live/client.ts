import type { OperationalError } from '../std/index.ts';
import type { TableError } from '../table/index.ts';
import type { Hints } from './hints.ts';
import type { Naming, Reader } from './read-side.ts';
import type { Side, Sides } from './side.ts';

/** What the operations of one client share. */
export interface Client extends Reader {
  /** The same, for what no fence of a partition guards: refused as soon as the phase is over, if the store can do that. */
  readonly guarded: Sides;
  /**
   * Who changes the phase waits until this client has left the one before, or has lost its tenure: so a side that it uses
   * alone has everything, and need not be asked whether it does.
   */
  readonly waitedFor: boolean;
  readonly hints: Hints;
  readonly naming: Naming;
  /** A new id for an operation; undefined if rows shall carry none, and a lost reply is told as one. */
  readonly newOperation: (() => string) | undefined;
  /** A batch that no fence guards got no answer: it may still arrive. */
  unresolved(side: Side): void;
}

/** What one attempt at an operation came to. */
export type Attempted<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'error'; readonly error: TableError }
  /** It changed, or could not be put together, while we looked: try again, in the phase that is now. */
  | { readonly kind: 'again' }
  /** The migration of the partition is over: use this side as it is. */
  | { readonly kind: 'alone'; readonly side: Side }
  /** The phase is over, or our tenure, and nobody has told us yet: wait for the next one. Nothing was applied. */
  | { readonly kind: 'late'; readonly error: OperationalError };

export const AGAIN = { kind: 'again' } as const;

export function answer<T>(value: T): Attempted<T> {
  return { kind: 'answer', value };
}
