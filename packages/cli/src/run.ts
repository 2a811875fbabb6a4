import { isCode } from 'changeover/std';
import { Command, CommanderError } from 'commander';
import { usageError } from './cli-error.ts';
import { addAbandonCommand } from './commands/abandon.ts';
import { addMoveCommand } from './commands/move.ts';
import { addStatusCommand } from './commands/status.ts';
import type { ExitCode } from './exit-code.ts';
import { failureOf, formatFailure } from './failure.ts';
import type { Invocation } from './invocation.ts';
import type { Io } from './io.ts';
import { JsonLines } from './output/json-lines.ts';
import { packageVersion } from './version.ts';

/** Runs one command line, without the program's own name, and answers with the exit code. Never throws. */
export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  // Looked for by hand, since the arguments may not parse, and that too must be told as JSON.
  const asked = (flag: string) => argv.includes(flag);
  const json = asked('--json') ? new JsonLines(io.stdout, io.clock) : undefined;
  try {
    await parse(argv, { io, json });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const cause =
      error instanceof CommanderError ? asUsageError(error, argv) : outputErrorOr(error, io.signal);
    const failure = failureOf(cause);
    // Who stopped reading, as "head" does, wants to hear no more.
    if (failure.code !== 'CLI_OUTPUT_CLOSED') {
      io.stderr.write(formatFailure(failure, asked('--debug') ? cause : undefined));
    }
    json?.fail(failure);
    return failure.exit;
  }
}

async function parse(argv: readonly string[], invocation: Invocation): Promise<void> {
  const { stdout } = invocation.io;
  const program = new Command('changeover')
    .description('Moves tables from one store to another, and proves that nothing was lost.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('--help', 'print help')
    .helpCommand(false)
    // Errors are told by the caller, in one way for all.
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: () => {} })
    .exitOverride();
  addMoveCommand(program, invocation);
  addStatusCommand(program, invocation);
  addAbandonCommand(program, invocation);
  if (argv.length === 0) {
    throw usageError('no verb was given', 'Run "changeover --help" to see what there is.');
  }
  await program.parseAsync(argv, { from: 'user' });
}

/** What a run stopped for, if it stopped because nobody can read its output; else the error itself. */
function outputErrorOr(error: unknown, { aborted, reason }: AbortSignal): unknown {
  const lost = aborted && isCode(reason, 'CLI_OUTPUT_CLOSED', 'CLI_OUTPUT_FAILED');
  return lost && failureOf(error).exit === 4 ? reason : error;
}

/** Takes the parser's message apart: it may carry a suggestion on a line of its own. */
function asUsageError(error: CommanderError, argv: readonly string[]): Error {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const verb = argv.find((argument) => ['move', 'status', 'abandon'].includes(argument));
  const help = `Run "changeover ${verb === undefined ? '' : `${verb} `}--help" to see what there is.`;
  return usageError(message, suggestion === undefined ? help : `${suggestion.replace(/[()]/g, '')} ${help}`);
}
