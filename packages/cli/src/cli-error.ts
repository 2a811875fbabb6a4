import { OperationalError } from 'changeover/std';

/** What the command line itself finds wrong; stores, the control store and the mover have codes of their own. */
export type CliErrorCode =
  | 'CLI_USAGE'
  | 'CLI_CONFIG_INVALID'
  | 'CLI_DIFFERENCE_FOUND'
  | 'CLI_NOT_COMPARED'
  | 'CLI_CONSENT_REQUIRED'
  | 'CLI_PLAN_REFUSED'
  | 'CLI_NOT_EMPTY'
  | 'CLI_REPORT_REFUSED'
  | 'CLI_REPORT_FAILED'
  | 'CLI_INTERRUPTED'
  | 'CLI_OUTPUT_CLOSED'
  | 'CLI_OUTPUT_FAILED';

export class CliError extends OperationalError<CliErrorCode> {
  constructor(code: CliErrorCode, message: string, hint: string, cause?: unknown) {
    super(code, message, { effect: 'none', hint, cause });
  }
}

/** The arguments make no sense, by themselves or together. */
export function usageError(message: string, hint: string): CliError {
  return new CliError('CLI_USAGE', message, hint);
}

/** The file of `--config` is at fault; the message begins with its name, the line, and the path of the key. */
export function configError(message: string, hint: string, cause?: unknown): CliError {
  return new CliError('CLI_CONFIG_INVALID', message, hint, cause);
}
