import type { Table } from '../table/index.ts';
import { copyStep } from './copy-step.ts';
import { MoveError, refuse } from './errors.ts';
import type { MoveStep, ValidateSummary } from './events.ts';
import { findJob, Job, jobId } from './job.ts';
import { withJobLock } from './job-lock.ts';
import {
  checkEmpty,
  checkMark,
  checkPlaces,
  checkRepresentable,
  checkReservedNames,
  openTarget,
} from './preflight.ts';
import type { MoveContext, MoveRequest, MoveResult } from './request.ts';
import type { Run } from './run.ts';
import { setUp } from './setup.ts';
import { planSteps, type StepsPlan } from './steps.ts';
import { validateStep } from './validate-step.ts';

/**
 * Moves tables from a source to a target: sets the target up, copies, validates, or whatever part of this was asked.
 *
 * Everything that can be refused is refused before anything is written anywhere, the control store included. A run that
 * ends in an error, or is killed, is gone on with by calling this again with the same request.
 */
export async function runMove(asked: MoveRequest, context: MoveContext): Promise<MoveResult> {
  checkPlaces(asked);
  const id = jobId(asked);
  const sources: Table[] = [];
  try {
    for (const { source } of asked.tables) sources.push(await asked.source.open(source));
    const found = await findJob(context.control, id);
    const plan = planSteps(asked.steps, asked.recreate, found?.document);
    const resumed = found !== undefined && !plan.startOver && !found.document.abandoned;
    // Consent that was given once holds until the job is started over.
    const request = {
      ...asked,
      intoExisting: asked.intoExisting || (resumed && found.document.intoExisting),
    };
    const generationBefore = await preflight(request, context, sources, plan, id);
    return await withJobLock(context, id, async (signal) => {
      const now = await findJob(context.control, id);
      if (now?.revision !== found?.revision) throw changedMeanwhile(id);
      const job = resumed ? Job.resume(context, found) : Job.begin(request, context, found, generationBefore);
      return perform({ request, context, sources, job, signal }, plan.steps, resumed);
    });
  } finally {
    for (const source of sources) await source.close();
  }
}

/** Refuses what must be refused. Answers with the highest generation of this job that left its mark on the target. */
async function preflight(
  request: MoveRequest,
  context: MoveContext,
  sources: readonly Table[],
  { steps }: StepsPlan,
  id: string,
): Promise<number> {
  let generation = 0;
  for (const [index, pair] of request.tables.entries()) {
    const source = sources[index] as Table;
    if (!steps.includes('setup') && !steps.includes('copy')) continue;
    const mark = await checkMark(request, context, pair, id);
    if (mark?.job === id) generation = Math.max(generation, mark.generation);
    if (!steps.includes('setup')) continue;
    await checkReservedNames(source);
    const target = await openTarget(request.target, pair.target);
    try {
      checkFit(target, request);
      if (target) await checkEmpty(target, request);
      await checkRepresentable(source, target, request, context.signal);
    } finally {
      await target?.close();
    }
  }
  return generation;
}

function checkFit(target: Table | undefined, request: MoveRequest): void {
  const { manifest } = target ?? request.target;
  if (manifest.load.marks && manifest.load.atomic) return;
  throw refuse(
    'MOVE_TARGET_UNFIT',
    `the store ${manifest.store} cannot commit checkpoints together with rows`,
    'Choose another target.',
  );
}

function changedMeanwhile(id: string): MoveError {
  return new MoveError('MOVE_OWNERSHIP_LOST', `job ${id} was changed by another process just now`, {
    effect: 'none',
    hint: 'See where it stands with "changeover status", then run the same command again.',
  });
}

async function perform(run: Run, steps: readonly MoveStep[], resumed: boolean): Promise<MoveResult> {
  const { request, context, job, signal } = run;
  const { id } = job.document;
  context.onEvent({ event: 'started', job: id, steps, resumed, tables: request.tables });
  await job.update({});
  await context.control.append({
    who: context.owner.label,
    subject: `jobs/${id}`,
    what: `${resumed ? 'went on with' : 'began'} ${steps.join(', ')}`,
    why: `${request.sourceUrl} to ${request.targetUrl}`,
  });
  let validation: ValidateSummary | undefined;
  for (const step of steps) {
    signal.throwIfAborted();
    context.onEvent({ event: 'stepStarted', job: id, step });
    if (step === 'setup') await setUp(run);
    if (step === 'copy') await copyStep(run);
    if (step === 'validate') validation = await validateStep(run);
    context.onEvent({ event: 'stepFinished', job: id, step });
  }
  const rows = job.document.tables.reduce((total, table) => total + table.rows, 0);
  return { job: id, steps, rows, validation };
}
