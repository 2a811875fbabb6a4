import { OperationalError } from '../std/index.ts';

/** Every way in which a live migration can refuse, stop or fail by itself; stores and the control store add their own. */
export type LiveErrorCode =
  // What was asked for.
  | 'LIVE_NAME_INVALID'
  | 'LIVE_UNKNOWN'
  | 'LIVE_EXISTS'
  | 'LIVE_SAME_PLACE'
  | 'LIVE_STORE_UNFIT'
  | 'LIVE_NOT_EMPTY'
  | 'LIVE_NOT_REPRESENTABLE'
  | 'LIVE_RESERVED_NAMES'
  | 'LIVE_NAME_TAKEN'
  | 'LIVE_TOO_EARLY'
  | 'LIVE_OVER'
  // What was found.
  | 'LIVE_PLACE_CHANGED'
  | 'LIVE_DIFFERENT'
  | 'LIVE_TROUBLE'
  // The day.
  | 'LIVE_OVERTAKEN'
  | 'LIVE_INTERRUPTED'
  | 'LIVE_FORMAT_UNKNOWN';

export class LiveError extends OperationalError<LiveErrorCode> {}

/** A refusal: nothing was written. */
export function refuse(
  code: LiveErrorCode,
  message: string,
  hint: string,
  details: Readonly<Record<string, unknown>> = {},
): LiveError {
  return new LiveError(code, message, { effect: 'none', hint, details });
}
