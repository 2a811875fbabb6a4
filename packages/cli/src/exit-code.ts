import type { StoreUrlErrorCode } from '@changeover/stores';
import type { FileErrorCode } from '@changeover/stores/file';
import type { ControlErrorCode } from 'changeover/control';
import type { LiveErrorCode } from 'changeover/cutover';
import type { MoveErrorCode } from 'changeover/move';
import type { TableErrorCode } from 'changeover/table';
import type { CliErrorCode } from './cli-error.ts';

/**
 * How a run ended, for scripts.
 *
 * 0 done · 1 a defect of ours · 2 usage · 3 a difference was proved · 4 could not finish, try again · 5 who owns the
 * data is unknown · 6 refused
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

type KnownCode =
  | StoreUrlErrorCode
  | FileErrorCode
  | TableErrorCode
  | ControlErrorCode
  | MoveErrorCode
  | LiveErrorCode
  | CliErrorCode;

/** The type makes this complete: a code that somebody adds anywhere does not compile until it is placed here. */
const EXIT_CODES: Readonly<Record<KnownCode, ExitCode>> = {
  // Codes that no run should ever end with: they tell of a mistake in our own calls.
  TABLE_BATCH_INVALID: 1,
  TABLE_ROW_EXISTS: 1,
  TABLE_ROW_ABSENT: 1,
  TABLE_VERSION_MISMATCH: 1,
  TABLE_CLOSED: 1,
  CONTROL_NAME_INVALID: 1,
  CONTROL_CLOSED: 1,

  CLI_USAGE: 2,
  CLI_CONFIG_INVALID: 2,
  STORE_URL_INVALID: 2,
  STORE_SCHEME_UNKNOWN: 2,
  STORE_PARAMETER_UNKNOWN: 2,
  STORE_SECRET_IN_URL: 2,
  STORE_DRIVER_MISSING: 2,
  FILE_MALFORMED: 2,
  FILE_NOT_FOUND: 2,
  FILE_NOT_A_FILE: 2,
  TABLE_NAME_INVALID: 2,
  TABLE_NAME_RESERVED: 2,
  TABLE_FILTER_INVALID: 2,
  TABLE_OPTION_INVALID: 2,
  TABLE_NOT_FOUND: 2,
  TABLE_NOT_A_STORE: 2,
  TABLE_MAPPING_REQUIRED: 2,
  TABLE_MAPPING_INVALID: 2,
  CONTROL_NOT_FOUND: 2,
  CONTROL_NOT_A_STORE: 2,
  MOVE_JOB_UNKNOWN: 2,
  LIVE_NAME_INVALID: 2,
  LIVE_UNKNOWN: 2,

  CLI_DIFFERENCE_FOUND: 3,
  LIVE_DIFFERENT: 3,

  CLI_NOT_COMPARED: 4,
  CLI_REPORT_FAILED: 4,
  CLI_INTERRUPTED: 4,
  CLI_OUTPUT_CLOSED: 4,
  CLI_OUTPUT_FAILED: 4,
  FILE_COLUMNS_CHANGED: 4,
  FILE_FULL: 4,
  FILE_UNAVAILABLE: 4,
  TABLE_FULL: 4,
  TABLE_THROTTLED: 4,
  TABLE_TIMEOUT: 4,
  TABLE_UNAVAILABLE: 4,
  TABLE_ABORTED: 4,
  TABLE_CORRUPT: 4,
  CONTROL_REVISION_MISMATCH: 4,
  CONTROL_LEASE_LOST: 4,
  CONTROL_CORRUPT: 4,
  CONTROL_FULL: 4,
  CONTROL_UNAVAILABLE: 4,
  CONTROL_ABORTED: 4,
  MOVE_INTERRUPTED: 4,
  MOVE_OWNERSHIP_LOST: 4,
  LIVE_TROUBLE: 4,
  LIVE_INTERRUPTED: 4,
  LIVE_OVERTAKEN: 4,

  CLI_CONSENT_REQUIRED: 6,
  CLI_PLAN_REFUSED: 6,
  CLI_NOT_EMPTY: 6,
  CLI_REPORT_REFUSED: 6,
  FILE_EXISTS: 6,
  FILE_NOT_REPRESENTABLE: 6,
  FILE_PERMISSION_DENIED: 6,
  TABLE_KEY_INVALID: 6,
  TABLE_VALUE_INVALID: 6,
  TABLE_VALUE_UNSUPPORTED: 6,
  TABLE_TOO_LARGE: 6,
  TABLE_QUERY_TOO_LARGE: 6,
  TABLE_ALREADY_EXISTS: 6,
  TABLE_FENCED: 6,
  TABLE_NOT_SUPPORTED: 6,
  TABLE_READ_ONLY: 6,
  TABLE_PERMISSION_DENIED: 6,
  CONTROL_LOCK_HELD: 6,
  CONTROL_FORMAT_UNKNOWN: 6,
  CONTROL_READ_ONLY: 6,
  CONTROL_PERMISSION_DENIED: 6,
  MOVE_SAME_PLACE: 6,
  MOVE_NOT_EMPTY: 6,
  MOVE_NOT_REPRESENTABLE: 6,
  MOVE_RESERVED_NAMES: 6,
  MOVE_ALREADY_COPIED: 6,
  MOVE_NOT_SET_UP: 6,
  MOVE_NOT_COPIED: 6,
  MOVE_TARGET_UNFIT: 6,
  MOVE_JOB_ELSEWHERE: 6,
  MOVE_JOB_RUNNING: 6,
  MOVE_CHECKPOINT_UNUSABLE: 6,
  LIVE_EXISTS: 6,
  LIVE_SAME_PLACE: 6,
  LIVE_STORE_UNFIT: 6,
  LIVE_NOT_EMPTY: 6,
  LIVE_NOT_REPRESENTABLE: 6,
  LIVE_RESERVED_NAMES: 6,
  LIVE_NAME_TAKEN: 6,
  LIVE_TOO_EARLY: 6,
  LIVE_OVER: 6,
  LIVE_PLACE_CHANGED: 6,
  LIVE_FORMAT_UNKNOWN: 6,
};

/** The exit code of an operational error. A code from elsewhere is one that we forgot: a defect of ours. */
export function exitCodeOf(code: string): ExitCode {
  return Object.hasOwn(EXIT_CODES, code) ? EXIT_CODES[code as KnownCode] : 1;
}
