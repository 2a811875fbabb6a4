import type { Table } from '../table/index.ts';
import { copyStep } from './copy-step.ts';
import { OperationMeter } from './counted-store.ts';
import { MoveError } from './errors.ts';
import type { MoveStep, ValidateSummary } from './events.ts';
import { forecastCopy } from './forecast-copy.ts';
import { interruptible } from './interruptible.ts';
import { findJob, Job } from './job.ts';
import { withJobLock } from './job-lock.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import { checkPlaces, checkRepresentable, findRefusals, openSides } from './preflight.ts';
import { repairStep } from './repair-step.ts';
import type { MoveContext, MoveRequest, MoveResult, RepairResult, StepTaken } from './request.ts';
import type { Run } from './run.ts';
import { setUp } from './setup.ts';
import { validateStep } from './validate-step.ts';

/**
 * Moves tables from a source to a target: sets the target up, copies, validates, or whatever part of this was asked.
 *
 * Everything that can be refused is refused before anything is written anywhere, the control store included. A run that
 * ends in an error, or is killed, is gone on with by calling this again with the same request.
 */
export function runMove(request: MoveRequest, context: MoveContext): Promise<MoveResult> {
  return interruptible(context.signal, () => begin(request, context));
}

async function begin(uncounted: MoveRequest, context: MoveContext): Promise<MoveResult> {
  const meter = new OperationMeter();
  const asked = {
    ...uncounted,
    source: meter.source(uncounted.source),
    target: meter.target(uncounted.target),
  };
  checkPlaces(asked);
  const sources: Table[] = [];
  try {
    for (const pair of asked.tables) sources.push(await asked.source.open(pair.source));
    const outlook = await outlookOf(asked, context.control);
    const { id, found, resumed, request, steps } = outlook;
    const generationBefore = await preflight(outlook, context, sources);
    return await withJobLock(context, id, async (signal) => {
      const now = await findJob(context.control, id);
      if (now?.revision !== found?.revision) throw changedMeanwhile(id);
      const job = resumed
        ? Job.resume(context, resumed, generationBefore)
        : Job.begin(request, context, found, generationBefore);
      return perform({ request, context, sources, job, signal }, steps, resumed !== undefined, meter);
    });
  } finally {
    for (const source of sources) await source.close();
  }
}

/** Refuses what must be refused. Answers with the highest generation of this job that left its mark on the target. */
async function preflight(outlook: Outlook, context: MoveContext, sources: readonly Table[]): Promise<number> {
  const { request, steps, id } = outlook;
  if (steps.every((step) => step === 'validate')) return 0;
  let generation = 0;
  for (const [index, pair] of request.tables.entries()) {
    const sides = await openSides(request, sources[index] as Table, pair.target);
    try {
      const [refusal] = await findRefusals(sides, request, context, outlook);
      if (refusal) throw refusal;
      if (steps.includes('setup')) await checkRepresentable(sides, request, context.signal);
    } finally {
      await sides.target?.close();
    }
    if (sides.mark?.job === id) generation = Math.max(generation, sides.mark.generation);
  }
  return generation;
}

function changedMeanwhile(id: string): MoveError {
  return new MoveError('MOVE_OWNERSHIP_LOST', `job ${id} was changed by another process just now`, {
    effect: 'none',
    hint: 'See where it stands with "changeover status", then run the same command again.',
  });
}

async function perform(
  run: Run,
  steps: readonly MoveStep[],
  resumed: boolean,
  meter: OperationMeter,
): Promise<MoveResult> {
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
  let repair: RepairResult | undefined;
  const taken: StepTaken[] = [];
  for (const step of steps) {
    signal.throwIfAborted();
    if (step === 'copy') await forecastCopy(run);
    const stopwatch = watchStep(step, run, meter);
    context.onEvent({ event: 'stepStarted', job: id, step });
    if (step === 'setup') await setUp(run);
    if (step === 'copy') await copyStep(run);
    if (step === 'validate') validation = await validateStep(run);
    if (step === 'repair') ({ repair, validation } = await repairStep(run));
    context.onEvent({ event: 'stepFinished', job: id, step });
    taken.push(stopwatch());
  }
  const rows = job.document.tables.reduce((total, table) => total + table.rows, 0);
  return { job: id, steps, rows, validation, repair, forecast: job.document.forecast, taken };
}

/** Begins to measure a step. The answer ends it. */
function watchStep(step: MoveStep, { job, context }: Run, meter: OperationMeter): () => StepTaken {
  const startMs = context.clock.monotonic();
  const resumed = step !== 'repair' && job.document.steps[step] === 'started';
  meter.take();
  return () => ({
    step,
    seconds: (context.clock.monotonic() - startMs) / 1000,
    operations: meter.take(),
    resumed,
  });
}
