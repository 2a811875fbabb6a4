import { type Effect, isOperationalError } from 'changeover/std';
import { TableError, type TableErrorCode } from 'changeover/table';

interface Signal {
  /** The beginning of an SQLSTATE, or the code or message of an error of the connection. */
  readonly prefix: string;
  readonly code: TableErrorCode;
  readonly hint?: string;
}

const STARTING = 'The server is starting, stopping or recovering; try again in a moment.';

/** From SQLSTATEs (PostgreSQL, appendix A) to our codes; the first that fits counts. What is not here is unavailable. */
const SIGNALS: readonly Signal[] = [
  { prefix: '42P01', code: 'TABLE_NOT_FOUND' },
  { prefix: '42P07', code: 'TABLE_ALREADY_EXISTS' },
  { prefix: '42710', code: 'TABLE_ALREADY_EXISTS' },
  { prefix: '3F000', code: 'TABLE_NOT_FOUND', hint: 'Create the schema first, or name another one.' },
  { prefix: '3D000', code: 'TABLE_NOT_FOUND', hint: 'Create the database first, or name another one.' },
  { prefix: '40', code: 'TABLE_THROTTLED', hint: 'Others are writing the same rows; try again.' },
  { prefix: '55P03', code: 'TABLE_THROTTLED', hint: 'Somebody else holds a lock; try again.' },
  {
    prefix: '53300',
    code: 'TABLE_THROTTLED',
    hint: 'The server takes no more connections; try again later.',
  },
  { prefix: '53100', code: 'TABLE_FULL', hint: "The server's disk is full." },
  { prefix: '54', code: 'TABLE_TOO_LARGE' },
  { prefix: '57014', code: 'TABLE_TIMEOUT', hint: 'The server gave up on it after the statement timeout.' },
  { prefix: '57P03', code: 'TABLE_UNAVAILABLE', hint: STARTING },
  {
    prefix: '25006',
    code: 'TABLE_READ_ONLY',
    hint: 'It is a standby, or default_transaction_read_only is on for the database, the role or the server.',
  },
  { prefix: '42501', code: 'TABLE_PERMISSION_DENIED' },
  {
    prefix: '28',
    code: 'TABLE_PERMISSION_DENIED',
    hint: 'A password comes from PGPASSWORD, from ~/.pgpass, or from a connection string: postgres:env:NAME.',
  },
  { prefix: 'XX001', code: 'TABLE_CORRUPT' },
  { prefix: 'XX002', code: 'TABLE_CORRUPT', hint: 'An index is damaged; REINDEX makes it anew.' },
];

/** How the driver tells that it gave up waiting, which it does without a code. */
const GAVE_UP = /^(Query read timeout|timeout expired|Connection terminated due to connection timeout)$/;

/** How the driver tells that it wants a password and has none, or that there is no PostgreSQL at the other end. */
const NO_PASSWORD = /client password must be a string|password/i;

/** Translates what the driver threw. `effect` is what the caller knows of the write: reads pass `none`. */
export function postgresError(cause: unknown, location: string, effect: Effect): unknown {
  if (isOperationalError(cause) || !(cause instanceof Error) || isDefect(cause)) return cause;
  const { code, hint } = signalOf(cause);
  const state = sqlState(cause);
  const words = `${location}: ${messageOf(cause)}${state === undefined ? '' : ` (${state})`}`;
  return new TableError(code, words, { effect, cause, ...(hint === undefined ? {} : { hint }) });
}

/** What no server and no network gives. It must not be taken for an outage. */
function isDefect(error: Error): boolean {
  return [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

/** The SQLSTATE that the server gave, or undefined if the error is not the server's. */
export function sqlState(error: unknown): string | undefined {
  const source = error instanceof TableError ? error.cause : error;
  if (!(source instanceof Error) || !('severity' in source) || !('code' in source)) return undefined;
  return typeof source.code === 'string' ? source.code : undefined;
}

/**
 * Whether the server answered with an error that leaves the connection good: then the transaction was rolled back.
 * After anything else nobody knows what became of a commit that was on its way.
 */
export function isRefusal(error: unknown): boolean {
  return sqlState(error) !== undefined && (error as { readonly severity?: unknown }).severity === 'ERROR';
}

/** Whether others were in the way, so that the very same work may succeed the next time. */
export function isConflict(error: unknown): boolean {
  const state = isRefusal(error) ? sqlState(error) : undefined;
  return state === '40001' || state === '40P01';
}

/** Whether a row with the same unique columns was there. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

function signalOf(cause: Error): { readonly code: TableErrorCode; readonly hint?: string } {
  const state = sqlState(cause);
  if (state !== undefined) {
    return SIGNALS.find(({ prefix }) => state.startsWith(prefix)) ?? { code: 'TABLE_UNAVAILABLE' };
  }
  if (GAVE_UP.test(cause.message)) return { code: 'TABLE_TIMEOUT', hint: 'The server does not answer.' };
  if (NO_PASSWORD.test(cause.message)) {
    return { code: 'TABLE_PERMISSION_DENIED', hint: 'Put the password into PGPASSWORD, or into ~/.pgpass.' };
  }
  return { code: 'TABLE_UNAVAILABLE' };
}

/** Several addresses that all refused are one error without words of its own. */
function messageOf(cause: Error): string {
  if (cause instanceof AggregateError)
    return (cause.errors as Error[]).map(({ message }) => message).join('; ');
  return cause.message;
}
