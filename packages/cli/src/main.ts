import { systemClock, systemRandom } from '@changeover/stores/host';
import { CliError } from './cli-error.ts';
import { failureOf, formatFailure } from './failure.ts';
import type { Io } from './io.ts';
import { run } from './run.ts';
import { TextOutput } from './text-output.ts';

const stop = new AbortController();
const io: Io = {
  stdout: new TextOutput(process.stdout, (error) => stop.abort(outputClosed(error))),
  stderr: new TextOutput(process.stderr),
  stdin: process.stdin,
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  signal: stop.signal,
};
process.on('SIGINT', onSignal);
process.on('SIGTERM', onSignal);
process.on('uncaughtException', onDefect);

const exitCode = await run(process.argv.slice(2), io);
await Promise.all([io.stdout.flush(), io.stderr.flush()]);
// Exits even if a handle was forgotten somewhere: a command that never ends is worse than a leak at its end.
process.exit(exitCode);

/** The first signal asks for a clean stop, the second does not wait for it. */
function onSignal(signal: NodeJS.Signals): void {
  if (!stop.signal.aborted) return stop.abort(interrupted(signal));
  if (io.stderr.isTerminal) process.stderr.write('\u001b[?25h\n');
  process.exit(4);
}

/** Something failed that nobody waits for. That is a defect, and is told like one. */
function onDefect(error: unknown): void {
  process.stderr.write(formatFailure(failureOf(error), process.argv.includes('--debug') ? error : undefined));
  process.exit(1);
}

function interrupted(signal: NodeJS.Signals): CliError {
  return new CliError('CLI_INTERRUPTED', `stopped by ${signal}`, 'Run the same command again to go on.');
}

function outputClosed(error: Error): CliError {
  return new CliError(
    'CLI_OUTPUT_CLOSED',
    'nobody reads standard output',
    'Run the same command again.',
    error,
  );
}
