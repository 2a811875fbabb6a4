import { isOperationalError } from 'changeover/std';
import { type ExitCode, exitCodeOf } from './exit-code.ts';

/** An error in the words of the command line. */
export interface Failure {
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: string;
  /** What a person should do, or undefined if nobody knows. */
  readonly hint: string | undefined;
}

const REPORT_HINT =
  'This is a defect of Changeover: please report it, with what the same command says with --debug.';

export function failureOf(error: unknown): Failure {
  if (!isOperationalError(error)) return defect('DEFECT', error);
  const exit = exitCodeOf(error.code);
  if (exit === 1) return defect(error.code, error);
  return { code: error.code, exit, message: error.message, hint: error.hint };
}

/** Two or three lines for standard error: what happened, and what to do. `debugged` adds the stack and the causes. */
export function formatFailure({ code, message, hint }: Failure, debugged?: unknown): string {
  const lines = [`error: ${message} (${code})`];
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  for (let cause = debugged; cause instanceof Error; cause = cause.cause)
    lines.push(cause.stack ?? String(cause));
  return `${lines.join('\n')}\n`;
}

function defect(code: string, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return { code, exit: 1, message: `internal defect: ${message}`, hint: REPORT_HINT };
}
