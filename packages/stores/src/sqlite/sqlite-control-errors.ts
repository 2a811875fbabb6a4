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

/** From the codes of file system calls. All others are unavailable. */
const FILE_CODES: Readonly<Record<string, ControlErrorCode>> = {
  ENOENT: 'CONTROL_NOT_FOUND',
  ENOTDIR: 'CONTROL_NOT_FOUND',
  EEXIST: 'CONTROL_NOT_FOUND',
  EACCES: 'CONTROL_PERMISSION_DENIED',
  EPERM: 'CONTROL_PERMISSION_DENIED',
  EROFS: 'CONTROL_READ_ONLY',
  ENOSPC: 'CONTROL_FULL',
  EDQUOT: 'CONTROL_FULL',
};

/** Translates what a connection threw, keeping its effect; errors of control stores, and defects, stay as they are. */
export function sqliteControlError(cause: unknown): unknown {
  if (!isOperationalError(cause) || !cause.code.startsWith('TABLE_')) return cause;
  return new ControlError(CODES[cause.code] ?? 'CONTROL_UNAVAILABLE', cause.message, {
    effect: cause.effect,
    cause,
    ...hintOf(cause),
  });
}

/** Translates what a file system call threw before anything was written. */
export function controlFileError(cause: unknown, path: string): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  const errno = String((cause as NodeJS.ErrnoException).code);
  const code = FILE_CODES[errno] ?? 'CONTROL_UNAVAILABLE';
  return new ControlError(code, `the control store ${path}: ${cause.message}`, {
    effect: 'none',
    cause,
    hint: 'Name another place with --control, or see to this one.',
  });
}

function hintOf({ hint }: OperationalError): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}
