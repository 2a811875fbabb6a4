import type { JobStatus } from 'changeover/move';
import { MoveError } from 'changeover/move';
import { usageError } from '../cli-error.ts';

/** The job that `text` names: its id, or the beginning of one job's id only. Throws `MOVE_JOB_UNKNOWN` or `CLI_USAGE`. */
export function findJob(jobs: readonly JobStatus[], text: string): JobStatus {
  const exact = jobs.find(({ id }) => id === text);
  if (exact) return exact;
  const found = text === '' ? [] : jobs.filter(({ id }) => id.startsWith(text));
  if (found.length > 1) {
    throw usageError(
      `${found.length} jobs begin with ${JSON.stringify(text)}: ${found.map(({ id }) => id).join(', ')}`,
      'Give more of the id.',
    );
  }
  if (found[0]) return found[0];
  throw new MoveError('MOVE_JOB_UNKNOWN', `there is no job ${JSON.stringify(text)}`, {
    effect: 'none',
    hint: 'List the jobs with "changeover status"; --control names another control store.',
  });
}
