import { OperationalError } from '../std/index.ts';

/** Every way in which an operation on a control store can fail. */
export type ControlErrorCode =
  | 'CONTROL_NAME_INVALID'
  | 'CONTROL_REVISION_MISMATCH'
  | 'CONTROL_LEASE_LOST'
  | 'CONTROL_LOCK_HELD'
  | 'CONTROL_NOT_A_STORE'
  | 'CONTROL_FORMAT_UNKNOWN'
  | 'CONTROL_READ_ONLY'
  | 'CONTROL_PERMISSION_DENIED'
  | 'CONTROL_FULL'
  | 'CONTROL_UNAVAILABLE'
  | 'CONTROL_CLOSED'
  | 'CONTROL_ABORTED';

export class ControlError extends OperationalError<ControlErrorCode> {}
