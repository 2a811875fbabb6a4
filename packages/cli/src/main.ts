import { systemClock, systemRandom } from '@changeover/stores/host';
import { isCode } from 'changeover/std';
import { CliError } from './cli-error.ts';
import { failureOf, formatFailure } from './failure.ts';
import { invocationOf } from './invocation.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';
import { TextOutput } from './text-output.ts';

const stop = new AbortController();
const io: Io = {
  stdout: new TextOutput(process.stdout, (error) => stop.abort(outputError(error))),
  stderr: new TextOutput(process.stderr),
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  signal: stop.signal,
};
const argv = process.argv.slice(2);
const invocation = invocationOf(argv, io);
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
// Something failed that nobody waits for: it must still be told, and end the run.
process.on('uncaughtException', endWith);

const exitCode = await run(argv, invocation);
await Promise.all([io.stdout.flush(), io.stderr.flush()]);
// A result that could not be written was not given, however well the rest went.
if (exitCode === 0 && isCode(stop.signal.reason, 'CLI_OUTPUT_FAILED')) endWith(stop.signal.reason);
// Exits even if a handle was forgotten somewhere: a command that never ends is worse than a leak at its end.
process.exit(exitCode);

/** The first signal asks for a clean stop, the second does not wait for it. */
function onSignal(signal: NodeJS.Signals): void {
  if (!stop.signal.aborted) return stop.abort(interrupted(signal));
  endWith(interrupted(signal, ' at once'));
}

/** The end of a run that cannot come to its own: nothing is waited for, but it is told as any other. */
function endWith(error: unknown): never {
  const failure = failureOf(error);
  // Bars hide the cursor while they are drawn.
  if (io.stderr.isTerminal) process.stderr.write('\u001b[?25h\n');
  process.stderr.write(formatFailure(failure, argv.includes('--debug') ? error : undefined));
  invocation.json?.fail(failure);
  process.exit(failure.exit);
}

function interrupted(signal: NodeJS.Signals, how = ''): CliError {
  return new CliError(
    'CLI_INTERRUPTED',
    `stopped${how} by ${signal}`,
    'Run the same command again to go on.',
  );
}

function outputError(error: NodeJS.ErrnoException): CliError {
  const again = 'Run the same command again.';
  if (error.code === 'EPIPE') {
    return new CliError('CLI_OUTPUT_CLOSED', 'nobody reads standard output', again, error);
  }
  return new CliError(
    'CLI_OUTPUT_FAILED',
    `standard output cannot be written: ${error.message}`,
    again,
    error,
  );
}
