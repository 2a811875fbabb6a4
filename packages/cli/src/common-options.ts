import type { Command } from 'commander';

/** What every verb takes. `--json` and `--debug` are also looked for in the raw arguments, should these not parse. */
export interface CommonOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
  readonly control?: string;
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print events as newline-delimited JSON on standard output')
    .option('--quiet', 'print errors and the final result only')
    .option('--debug', 'print stacks and causes of errors')
    .option(
      '--control <url>',
      'the control store (default: $CHANGEOVER_CONTROL, else sqlite:.changeover/control.db)',
    );
}
