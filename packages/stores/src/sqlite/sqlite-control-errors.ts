import { ControlError, type ControlErrorCode } from 'changeover/control';
import { isOperationalError, type OperationalError } from 'changeover/std';

/** From the codes of {@link import('./sqlite-errors.ts')} to those of control stores. All others are unavailable. */
const CODES: Readonly<Record<string, ControlErrorCode>> = {
  TABLE_FULL: 'CONTROL_FULL',
  TABLE_READ_ONLY: 'CONTROL_READ_ONLY',
  TABLE_PERMISSION_DENIED: 'CONTROL_PERMISSION_DENIED',
  TABLE_NOT_A_STORE: 'CONTROL_NOT_A_STORE',
  TABLE_CORRUPT: 'CONTROL_CORRUPT',
  TABLE_CLOSED: 'CONTROL_CLOSED',
  TABLE_ABORTED: 'CONTROL_ABORTED',
};

const MEND =
  'Stop what uses it, then mend it ("sqlite3 FILE .recover" reads what is left of it), or put it back.';

/** What to do, where that is something else than for a table. */
const HINTS: Readonly<Record<string, string>> = {
  TABLE_CORRUPT: MEND,
  TABLE_NOT_A_STORE: MEND,
};

export const CONTROL_PLACE_HINT = 'Name another place with --control, or see to this one.';

interface FileSignal {
  readonly code: ControlErrorCode;
  /** What is wrong with the place, where the system's own words would not say. */
  readonly reason?: string;
}

const IN_THE_WAY: FileSignal = {
  code: 'CONTROL_NOT_A_STORE',
  reason: 'something that is no directory is in the way',
};

/** From the codes of file system calls. All others are unavailable. */
const FILE_SIGNALS: Readonly<Record<string, FileSignal>> = {
  ENOENT: { code: 'CONTROL_NOT_FOUND' },
  ENOTDIR: IN_THE_WAY,
  EEXIST: IN_THE_WAY,
  EACCES: { code: 'CONTROL_PERMISSION_DENIED' },
  EPERM: { code: 'CONTROL_PERMISSION_DENIED' },
  EROFS: { code: 'CONTROL_READ_ONLY' },
  ENOSPC: { code: 'CONTROL_FULL' },
  EDQUOT: { code: 'CONTROL_FULL' },
};

/** Translates what a connection threw, keeping its effect; errors of control stores, and defects, stay as they are. */
export function sqliteControlError(cause: unknown): unknown {
  if (!isOperationalError(cause) || !cause.code.startsWith('TABLE_')) return cause;
  const message = `the control store ${cause.message}`;
  return new ControlError(CODES[cause.code] ?? 'CONTROL_UNAVAILABLE', message, {
    effect: cause.effect,
    cause,
    ...hintOf(cause),
  });
}

/** Translates what a file system call threw before anything was written. */
export function controlFileError(cause: unknown, path: string): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  const errno = String((cause as NodeJS.ErrnoException).code);
  const { code, reason } = FILE_SIGNALS[errno] ?? { code: 'CONTROL_UNAVAILABLE' };
  return new ControlError(code, `the control store ${path}: ${reason ?? cause.message}`, {
    effect: 'none',
    cause,
    hint: CONTROL_PLACE_HINT,
  });
}

function hintOf({ code, hint: told }: OperationalError): { readonly hint?: string } {
  const hint = HINTS[code] ?? told;
  return hint === undefined ? {} : { hint };
}
