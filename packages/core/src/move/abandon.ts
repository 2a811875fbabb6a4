import type { Store } from '../table/index.ts';
import { Checkpoints, deleteMark, openProgress, readMark } from './checkpoints.ts';
import { refuse } from './errors.ts';
import { findJob, Job } from './job.ts';
import { withJobLock } from './job-lock.ts';
import type { MoveContext } from './request.ts';

export interface AbandonRequest {
  readonly id: string;
  /** Where the job's mark and checkpoints are removed; undefined if the target cannot be reached any more. */
  readonly target: Store | undefined;
}

/**
 * Gives a job up: its checkpoints and its mark are removed, the rows that it copied stay where they are.
 *
 * Throws `MOVE_JOB_UNKNOWN`, or `MOVE_JOB_RUNNING` while a process is at it.
 */
export async function abandonJob(
  { id, target }: AbandonRequest,
  context: Pick<MoveContext, 'control' | 'clock' | 'owner' | 'probe' | 'signal'>,
): Promise<void> {
  if (!(await findJob(context.control, id))) throw unknownJob(id);
  await withJobLock(context, id, async () => {
    const found = await findJob(context.control, id);
    if (!found) throw unknownJob(id);
    const job = Job.resume(context, found);
    if (target) await cleanUp(target, job, context.control.identity);
    await job.update({ abandoned: true });
    await context.control.append({
      who: context.owner.label,
      subject: `jobs/${id}`,
      what: 'abandoned',
      why: target ? 'asked to' : 'asked to, without its target',
    });
  });
}

async function cleanUp(target: Store, { document }: Job, control: string): Promise<void> {
  const progress = await openProgress(target);
  if (!progress) return;
  try {
    for (const table of document.tables) {
      const mark = await readMark(progress, table.target);
      // The same job of another control store goes by the same name, and may be at work.
      if (mark?.job !== document.id || mark.control !== control) continue;
      // The mark goes last: it is what tells that there are checkpoints.
      await new Checkpoints(progress, mark.job, mark.generation).drop();
      await deleteMark(progress, table.target);
    }
  } finally {
    await progress.close();
  }
}

function unknownJob(id: string): Error {
  return refuse('MOVE_JOB_UNKNOWN', `there is no job ${id}`, 'List them with "changeover status".');
}
