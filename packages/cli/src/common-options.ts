import type { Command } from 'commander';
import type { Config } from './config/config.ts';

/** What every verb takes. `--json` and `--debug` are also looked for in the raw arguments, should these not parse. */
export interface CommonOptions {
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
  readonly control?: string;
  /** The option names a file; it is read before the verb runs. */
  readonly config?: Config;
}

export function addCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print events as newline-delimited JSON on standard output')
    .option('--quiet', 'print errors and the final result only')
    .option('--debug', 'print stacks and causes of errors')
    .option('--config <file>', 'take from a file what is not said here')
    .option(
      '--control <url>',
      'the control store (default: $CHANGEOVER_CONTROL, else that of the config, else sqlite:.changeover/control.db)',
    );
}
