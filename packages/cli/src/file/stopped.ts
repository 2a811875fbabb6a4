import { isCode, OperationalError } from 'changeover/std';
import type { Io } from '../io.ts';

/**
 * What a run that failed with `error` ends with. A run that was told to stop ends with the reason, however the stop
 * made itself felt, and with a hint of its own.
 */
export function stoppedWith(error: unknown, { signal }: Io, hint: string): unknown {
  if (!signal.aborted || !(error === signal.reason || isCode(error, 'TABLE_ABORTED'))) return error;
  const reason: unknown = signal.reason;
  return isCode(reason, 'CLI_INTERRUPTED') ? inOtherWords(reason, reason.message, hint) : reason;
}

/** The same error, told otherwise. */
export function inOtherWords(
  error: OperationalError,
  message: string,
  hint: string | undefined,
): OperationalError {
  const { code, effect, details } = error;
  const known = { effect, details, cause: error };
  return new OperationalError(code, message, hint === undefined ? known : { ...known, hint });
}
