import type { Table } from '../table/index.ts';
import { splitTable } from '../transfer/index.ts';
import {
  Checkpoints,
  createProgress,
  isSameHolder,
  readMark,
  type TargetMark,
  writeMark,
} from './checkpoints.ts';
import { type MoveError, refuse } from './errors.ts';
import { checkEmpty, checkMark, openTarget } from './preflight.ts';
import type { MoveRequest } from './request.ts';
import type { Run } from './run.ts';

/**
 * Prepares the target: marks it, drops what it was allowed to drop, creates what is missing, and plans the shards.
 *
 * Each part finds what an earlier, interrupted run did of it, so that setup can be killed and run again anywhere.
 */
export async function setUp({ request, context, job, sources, signal }: Run): Promise<void> {
  const { control } = context;
  const { id, generation } = job.document;
  const progress = await createProgress(request.target);
  try {
    const checkpoints = new Checkpoints(progress, id, generation);
    for (const [index, pair] of request.tables.entries()) {
      signal.throwIfAborted();
      const mark: TargetMark = {
        job: id,
        generation,
        control: control.identity,
        controlLocation: control.location,
        state: 'live',
      };
      const before = await readMark(progress, pair.target);
      if (isSameHolder(before, mark) && (await checkpoints.read(index))) continue;
      await checkStillFree(pair.target, before, { request, context, job });
      await takeTarget(progress, pair.target, before, mark);
      await makeTable(request, pair.target);
      const { ranges, rows } = await splitTable(
        sources[index] as Table,
        request.threads,
        signal,
        checkpoints.shardsMax,
      );
      // How many rows match a filter is not known before they have been read.
      await checkpoints.plan(index, ranges, request.filter ? null : (rows ?? null));
    }
  } finally {
    await progress.close();
  }
  await job.update({ steps: { ...job.document.steps, setup: 'done' } });
}

/** Puts our mark on a target table. Whoever wrote there before finds its checkpoints gone, and can load nothing more. */
async function takeTarget(
  progress: Table,
  name: string,
  before: TargetMark | undefined,
  mark: TargetMark,
): Promise<void> {
  if (before && !isSameHolder(before, mark)) {
    await new Checkpoints(progress, before.job, before.generation).drop();
  }
  await writeMark(progress, name, mark);
}

/**
 * Somebody may have filled the table since it was looked at, or set it up to do so; then it is theirs, and their mark
 * must stay.
 */
async function checkStillFree(
  name: string,
  mark: TargetMark | undefined,
  { request, context, job: { document } }: Pick<Run, 'request' | 'context' | 'job'>,
): Promise<void> {
  const taken = await checkMark({ name, mark }, request, context, document.id);
  if (taken) throw taken;
  if (mark?.job === document.id && mark.generation === document.generation) {
    if (mark.control !== context.control.identity) throw sameGeneration(name, mark);
  }
  const found = await openTarget(request.target, name);
  try {
    const refusal = found && (await checkEmpty(found, request));
    if (refusal) throw refusal;
  } finally {
    await found?.close();
  }
}

/** Leaves a table that may be written to, and that is empty if there was consent to drop it. */
async function makeTable({ target, recreate }: MoveRequest, name: string): Promise<void> {
  const found = await openTarget(target, name);
  const empty = found && (await found.describe()).empty;
  await found?.close();
  if (found && (empty || !recreate)) return;
  if (found) await target.drop(name);
  await target.create(name);
}

/** Checkpoints are told apart by job and generation alone; the next run takes a generation above. */
function sameGeneration(name: string, { job, controlLocation }: TargetMark): MoveError {
  return refuse(
    'MOVE_OWNERSHIP_LOST',
    `job ${job} of the control store ${controlLocation} has just taken the target table ${JSON.stringify(name)}`,
    'Look there what it is doing, then run the same command again.',
  );
}
