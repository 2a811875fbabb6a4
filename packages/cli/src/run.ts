import { isCode } from 'changeover/std';
import { Command, CommanderError } from 'commander';
import { usageError } from './cli-error.ts';
import { addAbandonCommand } from './commands/abandon.ts';
import { addCompletionCommand } from './commands/completion.ts';
import { addExportCommand } from './commands/export.ts';
import { addImportCommand } from './commands/import.ts';
import { addLiveCommand } from './commands/live.ts';
import { addMoveCommand } from './commands/move.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addStatusCommand } from './commands/status.ts';
import { applyConfig } from './config/apply-config.ts';
import type { ExitCode } from './exit-code.ts';
import { failureOf, formatFailure } from './failure.ts';
import type { Invocation } from './invocation.ts';
import { packageVersion } from './version.ts';

/** Runs one command line, without the program's own name, and answers with the exit code. Never throws. */
export async function run(argv: readonly string[], invocation: Invocation): Promise<ExitCode> {
  const { io, json } = invocation;
  const program = programOf(invocation);
  try {
    if (argv.length === 0) {
      throw usageError('no verb was given', 'Run "changeover --help" to see what there is.');
    }
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const cause =
      error instanceof CommanderError ? asUsageError(error, argv, program) : outputErrorOr(error, io.signal);
    const failure = failureOf(cause);
    // Who stopped reading, as "head" does, wants to hear no more.
    if (failure.code !== 'CLI_OUTPUT_CLOSED') {
      io.stderr.write(formatFailure(failure, argv.includes('--debug') ? cause : undefined));
    }
    json?.fail(failure);
    return failure.exit;
  }
}

function programOf(invocation: Invocation): Command {
  const { io } = invocation;
  const program = new Command('changeover')
    .description('Moves tables from one store to another, and proves that nothing was lost.')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    // Errors are told by the caller, in one way for all.
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} })
    .exitOverride()
    .hook('preAction', (_, command) => applyConfig(command, io));
  addPlanCommand(program, invocation);
  addMoveCommand(program, invocation);
  addLiveCommand(program, invocation);
  addStatusCommand(program, invocation);
  addAbandonCommand(program, invocation);
  addExportCommand(program, invocation);
  addImportCommand(program, invocation);
  addCompletionCommand(program, invocation);
  return program;
}

/** What a run stopped for, if it stopped because nobody can read its output; else the error itself. */
function outputErrorOr(error: unknown, { aborted, reason }: AbortSignal): unknown {
  const lost = aborted && isCode(reason, 'CLI_OUTPUT_CLOSED', 'CLI_OUTPUT_FAILED');
  return lost && failureOf(error).exit === 4 ? reason : error;
}

/** Takes the parser's message apart: it may carry a suggestion on a line of its own. */
function asUsageError(error: CommanderError, argv: readonly string[], program: Command): Error {
  const [message = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const help = `Run "${pathOf(program, argv)} --help" to see what there is.`;
  // A verb that only has verbs below it would print its help.
  if (error.code === 'commander.help') return usageError('no verb was given', help);
  return usageError(message, suggestion === undefined ? help : `${suggestion.replace(/[()]/g, '')} ${help}`);
}

/** The verb that the arguments begin with: `changeover live start`. */
function pathOf(command: Command, [word, ...rest]: readonly string[]): string {
  const below = command.commands.find((each) => each.name() === word);
  return below ? `${command.name()} ${pathOf(below, rest)}` : command.name();
}
