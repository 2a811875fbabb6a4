/** What a failed write did to the data. A caller may retry only after `none`, and must read back after `unknown`. */
export type Effect = 'none' | 'applied' | 'unknown';

export interface OperationalErrorOptions {
  /** What the failed operation did to the data. Reads have no effect: `none`. */
  readonly effect: Effect;
  /** What a person should do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Facts for programs: the key, the index of the failing write, the column of a filter. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * An error of the world rather than of our code: bad input, a lost race, an outage.
 *
 * `code` is stable and is what callers match on; messages may change at any time.
 */
export class OperationalError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly effect: Effect;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: Code, message: string, options: OperationalErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.effect = options.effect;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }
}

/** Matches by shape, not by class: two copies of this package in one process must still understand each other. */
export function isOperationalError(error: unknown): error is OperationalError {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    'effect' in error &&
    (error.effect === 'none' || error.effect === 'applied' || error.effect === 'unknown')
  );
}

export function isCode(error: unknown, ...codes: readonly string[]): error is OperationalError {
  return isOperationalError(error) && codes.includes(error.code);
}

/** What `error` did to the data; anything that is not an operational error tells us nothing. */
export function effectOf(error: unknown): Effect {
  return isOperationalError(error) ? error.effect : 'unknown';
}
