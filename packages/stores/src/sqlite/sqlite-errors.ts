import { type Effect, isOperationalError } from 'changeover/std';
import { TableError, type TableErrorCode } from 'changeover/table';

interface Signal {
  /** The beginning of SQLite's extended result code. */
  readonly prefix: string;
  /** What the message must say besides, where the code alone says too little. */
  readonly message?: RegExp;
  readonly code: TableErrorCode;
  readonly hint?: string;
}

const FULL = 'Free disk space, then run the same command again.';
const CRASHED = 'The last writer crashed. Let its application open the file once, then try again.';

/** From SQLite's result codes to ours; the first that fits counts. What is not here is unavailable. */
const SIGNALS: readonly Signal[] = [
  { prefix: 'SQLITE_ERROR', message: /^no such table: /, code: 'TABLE_NOT_FOUND' },
  {
    prefix: 'SQLITE_ERROR',
    message: /^error in (view|trigger) /,
    code: 'TABLE_NOT_SUPPORTED',
    hint: 'It cannot be used as it is, and SQLite renames no table beside it. Mend or drop it first.',
  },
  { prefix: 'SQLITE_BUSY', code: 'TABLE_THROTTLED', hint: 'Another process holds the lock; try again.' },
  {
    prefix: 'SQLITE_LOCKED',
    code: 'TABLE_THROTTLED',
    hint: 'Another connection holds the table; try again.',
  },
  {
    prefix: 'SQLITE_PROTOCOL',
    code: 'TABLE_THROTTLED',
    hint: 'Many processes want the file at once; try again.',
  },
  { prefix: 'SQLITE_FULL', code: 'TABLE_FULL', hint: FULL },
  // There is no room for the index of the log.
  { prefix: 'SQLITE_IOERR_SHMSIZE', code: 'TABLE_FULL', hint: FULL },
  { prefix: 'SQLITE_READONLY_ROLLBACK', code: 'TABLE_UNAVAILABLE', hint: CRASHED },
  { prefix: 'SQLITE_READONLY_RECOVERY', code: 'TABLE_UNAVAILABLE', hint: CRASHED },
  { prefix: 'SQLITE_READONLY_CANTINIT', code: 'TABLE_UNAVAILABLE', hint: CRASHED },
  { prefix: 'SQLITE_READONLY_DBMOVED', code: 'TABLE_UNAVAILABLE', hint: 'The file was moved or deleted.' },
  {
    prefix: 'SQLITE_READONLY_DIRECTORY',
    code: 'TABLE_PERMISSION_DENIED',
    hint: 'SQLite keeps its journal beside the file: the directory must be writable.',
  },
  { prefix: 'SQLITE_READONLY', code: 'TABLE_READ_ONLY', hint: 'Check the permissions of the file.' },
  { prefix: 'SQLITE_PERM', code: 'TABLE_PERMISSION_DENIED' },
  { prefix: 'SQLITE_AUTH', code: 'TABLE_PERMISSION_DENIED' },
  {
    prefix: 'SQLITE_CANTOPEN',
    code: 'TABLE_PERMISSION_DENIED',
    hint: 'The file must be readable; beside one in WAL mode, even readers make files in its directory.',
  },
  { prefix: 'SQLITE_NOTADB', code: 'TABLE_NOT_A_STORE' },
  { prefix: 'SQLITE_CORRUPT', code: 'TABLE_CORRUPT', hint: 'Run "pragma integrity_check" on the file.' },
  { prefix: 'SQLITE_TOOBIG', code: 'TABLE_TOO_LARGE' },
  { prefix: 'SQLITE_IOERR', code: 'TABLE_UNAVAILABLE', hint: 'The disk or its file system failed.' },
];

/** Translates what the driver threw. `effect` is what the caller knows of the write: reads pass `none`. */
export function sqliteError(cause: unknown, path: string, effect: Effect): unknown {
  if (isOperationalError(cause) || !(cause instanceof Error)) return cause;
  const vendor = vendorCode(cause);
  if (!vendor.startsWith('SQLITE_')) return cause;
  const signal = SIGNALS.find(
    ({ prefix, message }) => vendor.startsWith(prefix) && (!message || message.test(cause.message)),
  );
  return new TableError(signal?.code ?? 'TABLE_UNAVAILABLE', `${path}: ${cause.message} (${vendor})`, {
    effect,
    cause,
    ...(signal?.hint === undefined ? {} : { hint: signal.hint }),
  });
}

/** Whether somebody else's lock was in the way, and it may be gone the next moment. */
export function isBusy(error: unknown): boolean {
  const vendor = vendorCode(error instanceof TableError ? error.cause : error);
  return ['SQLITE_BUSY', 'SQLITE_LOCKED', 'SQLITE_PROTOCOL'].some((prefix) => vendor.startsWith(prefix));
}

/** SQLite's result code, or an empty text if the error is not the driver's. */
export function vendorCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
