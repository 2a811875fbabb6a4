import { type Effect, OperationalError } from 'changeover/std';

/** Every way in which reading or writing a file of rows can fail. README.md says when. */
export type FileErrorCode =
  | 'FILE_MALFORMED'
  | 'FILE_NOT_FOUND'
  | 'FILE_NOT_A_FILE'
  | 'FILE_EXISTS'
  | 'FILE_NOT_REPRESENTABLE'
  | 'FILE_COLUMNS_CHANGED'
  | 'FILE_PERMISSION_DENIED'
  | 'FILE_FULL'
  | 'FILE_UNAVAILABLE';

export class FileError extends OperationalError<FileErrorCode> {}

export function fileRefusal(code: FileErrorCode, message: string, hint?: string): FileError {
  return new FileError(code, message, { effect: 'none', ...(hint === undefined ? {} : { hint }) });
}

/** What a line should have been. `line` and `column` count from 1; a column is one UTF-16 unit, as editors have it. */
export function malformed(line: number, column: number, message: string, cause?: unknown): FileError {
  return new FileError('FILE_MALFORMED', `line ${line}, column ${column}: ${message}`, {
    effect: 'none',
    hint: 'Mend that line.',
    cause,
    details: { line, column },
  });
}

/** From the system's error codes to ours. What is not here is unavailable. */
const CODES: Readonly<Record<string, FileErrorCode>> = {
  ENOENT: 'FILE_NOT_FOUND',
  ENOTDIR: 'FILE_NOT_FOUND',
  EISDIR: 'FILE_NOT_A_FILE',
  EEXIST: 'FILE_EXISTS',
  EACCES: 'FILE_PERMISSION_DENIED',
  EPERM: 'FILE_PERMISSION_DENIED',
  EROFS: 'FILE_PERMISSION_DENIED',
  ENOSPC: 'FILE_FULL',
  EDQUOT: 'FILE_FULL',
  EFBIG: 'FILE_FULL',
};

/** Translates what the file system threw. `effect` is what the caller knows of a write: reads pass `none`. */
export function fileError(cause: unknown, path: string, effect: Effect): unknown {
  const signal = cause instanceof Error && 'syscall' in cause && 'code' in cause ? cause.code : undefined;
  if (typeof signal !== 'string') return cause;
  const { message } = cause as Error;
  return new FileError(CODES[signal] ?? 'FILE_UNAVAILABLE', `${path}: ${message}`, { effect, cause });
}
