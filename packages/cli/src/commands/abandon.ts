import { resolve } from '@changeover/stores';
import { currentOwner, probeProcess } from '@changeover/stores/host';
import { abandonJob, type JobStatus } from 'changeover/move';
import type { Command } from 'commander';
import { closing } from '../closing.ts';
import { addCommonOptions, type CommonOptions } from '../common-options.ts';
import { confirm } from '../confirm.ts';
import { controlPath } from '../control/control-path.ts';
import { openControl } from '../control/open-control.ts';
import type { Invocation } from '../invocation.ts';
import type { Io } from '../io.ts';
import { formatRows } from '../output/format.ts';
import { findJob } from './find-job.ts';
import { jobsAt } from './status.ts';

interface AbandonOptions extends CommonOptions {
  readonly yes?: true;
  readonly dryRun?: true;
}

export function addAbandonCommand(program: Command, invocation: Invocation): void {
  const command = program
    .command('abandon')
    .summary('give a job up')
    .description('Gives a job up: forgets how far it came. The rows that it copied stay in the target.')
    .argument('<job>', 'the id of a job, or enough of its beginning')
    .option('--yes', 'do not ask')
    .option('--dry-run', 'only say what would be done');
  addCommonOptions(command).action((id: string, options: AbandonOptions) => abandon(id, options, invocation));
}

async function abandon(id: string, options: AbandonOptions, { io, json }: Invocation): Promise<void> {
  const path = controlPath(options.control, io);
  const job = findJob(await jobsAt(path, io), id);
  const what = `give up job ${job.id}, which copied ${formatRows(rowsOf(job))} from ${job.sourceUrl} to ${job.targetUrl}`;
  if (options.dryRun) {
    if (json) return json.write({ event: 'done', job: job.id }, { exit: 0, dryRun: true, abandoned: false });
    return io.stdout.line(`This would ${what}. Nothing was changed.`);
  }
  if (!options.yes) await confirm(io, { what, word: job.id });
  await giveUp(job, path, io);
  if (json) return json.write({ event: 'done', job: job.id }, { exit: 0, dryRun: false, abandoned: true });
  io.stdout.line(`Job ${job.id} is given up. The rows that it copied are still in ${job.targetUrl}.`);
}

async function giveUp({ id, targetUrl }: JobStatus, path: string, io: Io): Promise<void> {
  const { clock, env, cwd, signal } = io;
  const { store: target } = await resolve(targetUrl, { mode: 'write', clock, env, cwd });
  await closing(target, async () => {
    await closing(await openControl(path, io), (control) =>
      abandonJob(
        { id, target },
        { control, clock, signal, owner: currentOwner('changeover abandon'), probe: probeProcess },
      ),
    );
  });
}

function rowsOf({ tables }: JobStatus): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}
