import { OperationalError } from '../std/index.ts';

/** Every way in which a move can refuse, stop or fail by itself; stores and the control store add their own codes. */
export type MoveErrorCode =
  | 'MOVE_SAME_PLACE'
  | 'MOVE_NOT_EMPTY'
  | 'MOVE_NOT_REPRESENTABLE'
  | 'MOVE_RESERVED_NAMES'
  | 'MOVE_ALREADY_COPIED'
  | 'MOVE_NOT_SET_UP'
  | 'MOVE_NOT_COPIED'
  | 'MOVE_TARGET_UNFIT'
  | 'MOVE_JOB_ELSEWHERE'
  | 'MOVE_JOB_RUNNING'
  | 'MOVE_JOB_UNKNOWN'
  | 'MOVE_CHECKPOINT_UNUSABLE'
  | 'MOVE_OWNERSHIP_LOST'
  | 'MOVE_INTERRUPTED';

export class MoveError extends OperationalError<MoveErrorCode> {}

/** A refusal: nothing was written. */
export function refuse(
  code: MoveErrorCode,
  message: string,
  hint: string,
  details: Readonly<Record<string, unknown>> = {},
): MoveError {
  return new MoveError(code, message, { effect: 'none', hint, details });
}
