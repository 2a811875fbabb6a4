import { isCode } from '../std/index.ts';
import type { Table } from '../table/index.ts';
import { MoveError } from './errors.ts';
import type { Run } from './run.ts';

/**
 * Opens a target table. One that this job has copied and that is there no more was lost; it must not be answered like a
 * name that somebody mistyped, since only starting over brings its rows back.
 */
export async function openCopied({ request, job }: Run, name: string): Promise<Table> {
  try {
    return await request.target.open(name);
  } catch (error) {
    if (!isCode(error, 'TABLE_NOT_FOUND') || job.document.steps.copy !== 'done') throw error;
    const message = `the target table ${JSON.stringify(name)} is gone, though job ${job.document.id} copied it`;
    throw new MoveError('MOVE_CHECKPOINT_UNUSABLE', message, {
      effect: 'none',
      cause: error,
      hint: 'It was deleted or replaced since. Put it back, or start over with --recreate.',
    });
  }
}
