import { isOperationalError } from 'changeover/std';
import { type ExitCode, exitCodeOf } from './exit-code.ts';

/** An error in the words of the command line. */
export interface Failure {
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: string;
  /** What a person should do. */
  readonly hint: string;
}

const REPORT_HINT =
  'This is a defect of Changeover: please report it, with what the same command says with --debug.';

/** For errors that bring no hint of their own. */
const HINTS: Readonly<Record<string, string>> = {
  TABLE_FILTER_INVALID: 'A filter looks like "PartitionKey eq \'FR\' and population gt 1000".',
  TABLE_NOT_A_STORE: 'Name a file that is a database.',
  TABLE_NOT_FOUND: 'Check how the place and the table are written, in upper and lower case too.',
  TABLE_PERMISSION_DENIED: 'Check who may write the file and its directory.',
  TABLE_READ_ONLY: 'Check who may write the file and its directory.',
  CONTROL_PERMISSION_DENIED: 'Check who may write the directory, or name another place with --control.',
  CONTROL_READ_ONLY: 'Check who may write the directory, or name another place with --control.',
};

export function failureOf(error: unknown): Failure {
  if (!isOperationalError(error)) return defect('DEFECT', error);
  const exit = exitCodeOf(error.code);
  if (exit === 1) return defect(error.code, error);
  return { code: error.code, exit, message: error.message, hint: error.hint ?? hintFor(error.code, exit) };
}

/** Lines for standard error: what happened, and what to do. `debugged` adds the stack and the causes. */
export function formatFailure({ code, message, hint }: Failure, debugged?: unknown): string {
  const lines = [`error: ${message} (${code})`, `hint: ${hint}`];
  for (let cause = debugged; cause instanceof Error; cause = cause.cause)
    lines.push(cause.stack ?? String(cause));
  return `${lines.join('\n')}\n`;
}

function hintFor(code: string, exit: ExitCode): string {
  const hint = HINTS[code];
  if (hint !== undefined) return hint;
  return exit === 4 ? 'Run the same command again.' : 'Run "changeover --help" to see what there is.';
}

function defect(code: string, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code, exit: 1, message: `internal defect: ${message}`, hint: REPORT_HINT };
}
