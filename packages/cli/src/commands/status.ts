import { probeProcess } from '@changeover/stores/host';
import { type JobStatus, listJobs } from 'changeover/move';
import type { Command } from 'commander';
import { closing } from '../closing.ts';
import { addCommonOptions, type CommonOptions } from '../common-options.ts';
import { controlPath } from '../control/control-path.ts';
import { openExistingControl } from '../control/open-control.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { findJob } from './find-job.ts';
import { jobsText, jobText } from './job-text.ts';

export function addStatusCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('status')
    .summary('show what jobs there are, and where they stand')
    .description('Shows what jobs there are and where they stand, or everything about one.')
    .argument('[job]', 'the id of a job, or enough of its beginning');
  addCommonOptions(command).action((id: string | undefined, options: CommonOptions) =>
    status(id, options, invocation),
  );
}

async function status(
  id: string | undefined,
  options: CommonOptions,
  { io, json }: Invocation,
): Promise<void> {
  const path = controlPath(options.control, io);
  const jobs = await jobsAt(path, io);
  const shown = id === undefined ? jobs : [findJob(jobs, id)];
  if (json) {
    for (const { id: job, step = null, ...rest } of shown) json.write({ event: 'job', job, step }, rest);
    return json.write({ event: 'done' }, { exit: 0, jobs: shown.length, control: path });
  }
  if (!options.quiet) io.stderr.line(`control store: ${path}`);
  if (shown.length === 0) return io.stdout.line('There are no jobs.');
  io.stdout.write(id === undefined ? jobsText(shown, columnsOf(io)) : shown.map(jobText).join(''));
}

function columnsOf({ stdout }: Io): number | undefined {
  return stdout.isTerminal ? stdout.stream.columns || undefined : undefined;
}

/** The jobs of the control store at `path`; none if there is no such file, which is not created. */
export async function jobsAt(path: string, io: Io): Promise<readonly JobStatus[]> {
  const control = await openExistingControl(path, io);
  if (!control) return [];
  return closing(control, () => listJobs({ control, clock: io.clock, probe: probeProcess }));
}
