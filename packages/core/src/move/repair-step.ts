import { Checkpoints, createProgress } from './checkpoints.ts';
import { refuse } from './errors.ts';
import type { Difference, ValidateSummary } from './events.ts';
import { openCopied } from './open-copied.ts';
import { Repairer } from './repair.ts';
import { RepairFence } from './repair-fence.ts';
import type { RepairResult } from './request.ts';
import { noticeFailure, progressOf, type Run } from './run.ts';
import { type ValidateTable, Validation } from './validate.ts';

export interface RepairOutcome {
  readonly repair: RepairResult;
  /** What is left of the differences, as a validation would find it now. */
  readonly validation: ValidateSummary;
}

/** Compares everything, and mends what differs as it is found. Only what is left is reported as a difference. */
export async function repairStep(run: Run): Promise<RepairOutcome> {
  const { request, job, sources } = run;
  const { id, steps } = job.document;
  if (steps.setup === 'done' && steps.copy !== 'done') throw notCopied(id);
  const tables: ValidateTable[] = [];
  try {
    for (const [index, { target }] of request.tables.entries()) {
      const source = sources[index];
      if (source) tables.push({ index, source, target: await openCopied(run, target) });
    }
    // Only now is it certain that there is a target to write to.
    const fence = await raiseFence(run);
    const outcome = await repairTables(run, tables, fence);
    run.context.onEvent({ event: 'summary', job: id, ...outcome.validation });
    await job.update({ validation: outcome.validation });
    return outcome;
  } finally {
    for (const { target } of tables) await target.close();
  }
}

async function raiseFence({ request, job }: Run): Promise<RepairFence> {
  const progress = await createProgress(request.target);
  try {
    const { id, generation } = job.document;
    return await RepairFence.raise(new Checkpoints(progress, id, generation));
  } finally {
    await progress.close();
  }
}

async function repairTables(
  run: Run,
  tables: readonly ValidateTable[],
  fence: RepairFence,
): Promise<RepairOutcome> {
  const { request, context, job, signal } = run;
  const { threads, filter, deleteExtra } = request;
  const left = { missing: 0, extra: 0, different: 0 };
  const onLeft = async (difference: Difference) => {
    left[difference.kind] += 1;
    await context.onDifference(difference);
  };
  const repairers = new Map(
    tables.map((table) => [
      table.source.name,
      new Repairer({ ...table, fence }, { deleteExtra, signal, onLeft }),
    ]),
  );
  const validation = await Validation.open(context.control, job.document, tables, {
    resume: false,
    threads,
    signal,
  });
  const events = tables.map(({ index }) => progressOf(run, 'repair', index, { rows: 0, bytes: 0 }, null));
  const found = await validation.run(tables, {
    filter,
    threads,
    clock: context.clock,
    signal,
    onCompared: ({ index }, rows) => events[index]?.add(rows, 0),
    onDifference: async (difference) => repairers.get(difference.table)?.take(difference),
    onFailure: ({ source }, error) => noticeFailure(run, 'repair', source.name, error),
  });
  for (const repairer of repairers.values()) await repairer.finish();
  for (const table of events) table.finish();
  const counts = [...repairers.values()].map((repairer) => repairer.counts);
  const sum = (of: 'repaired' | 'deleted') => counts.reduce((total, count) => total + count[of], 0);
  return {
    repair: {
      repaired: sum('repaired'),
      deleted: sum('deleted'),
      left: left.missing + left.extra + left.different,
    },
    validation: { ...found, ...left },
  };
}

function notCopied(id: string): Error {
  return refuse(
    'MOVE_NOT_COPIED',
    `the copy of job ${id} is not finished, so there is nothing to repair yet`,
    'Run the same command without --repair first: it goes on where it stood.',
  );
}
