import { comparableTokens, type Table } from '../table/index.ts';
import type { ValidateSummary } from './events.ts';
import { openCopied } from './open-copied.ts';
import { changeTokens, noticeFailure, progressOf, type Run } from './run.ts';
import { type ValidateTable, Validation } from './validate.ts';

/** Compares the tables, and says if the source changed so that a difference may be no fault of the copy. */
export async function validateStep(run: Run): Promise<ValidateSummary> {
  const { request, job, sources } = run;
  const { steps, changeTokens: tokensAtCopy } = job.document;
  const tokensBefore = await changeTokens(sources);
  if (steps.copy === 'done') noticeChange(run, 'since the copy began', tokensAtCopy, tokensBefore);
  await job.update({ steps: { ...steps, validate: 'started' }, validation: null });
  const targets: Table[] = [];
  try {
    for (const { target } of request.tables) targets.push(await openCopied(run, target));
    const tables = targets.map((target, index) => ({ index, target, source: sources[index] as Table }));
    const summary = await compareTables(run, tables, steps.validate === 'started');
    noticeChange(run, 'while it was being validated', tokensBefore, await changeTokens(sources));
    run.context.onEvent({ event: 'summary', job: job.document.id, ...summary });
    // Rows that could not be compared are work left, with which the same command goes on.
    const validate = summary.notCompared === 0 ? 'done' : 'started';
    await job.update({ steps: { ...job.document.steps, validate }, validation: summary });
    return summary;
  } finally {
    for (const target of targets) await target.close();
  }
}

async function compareTables(
  run: Run,
  tables: readonly ValidateTable[],
  resume: boolean,
): Promise<ValidateSummary> {
  const { request, context, job, signal } = run;
  const { threads } = request;
  const validation = await Validation.open(context.control, job.document, tables, {
    resume,
    threads,
    signal,
  });
  const events = tables.map(({ index }) =>
    progressOf(
      run,
      'validate',
      index,
      { rows: validation.comparedBefore(index), bytes: 0 },
      totalRows(run, index),
    ),
  );
  const summary = await validation.run(tables, {
    filter: request.filter,
    threads,
    clock: context.clock,
    signal,
    onCompared: ({ index }, rows) => events[index]?.add(rows, 0),
    onDifference: (difference) => context.onDifference(difference),
    onFailure: ({ source }, error) => noticeFailure(run, 'validate', source.name, error),
  });
  for (const table of events) table.finish();
  return summary;
}

/** What was copied is what there is to compare; a job that copied nothing does not know. */
function totalRows({ job }: Run, table: number): number | null {
  return job.document.steps.copy === 'done' ? (job.document.tables[table]?.rows ?? null) : null;
}

function noticeChange(
  { request, context, job }: Run,
  when: string,
  before: readonly (string | null)[],
  after: readonly (string | null)[],
): void {
  request.tables.forEach(({ source }, index) => {
    const [was, is] = [before[index] ?? null, after[index] ?? null];
    if (was === null || is === null || was === is || !comparableTokens(was, is)) return;
    const message = `the source table ${JSON.stringify(source)} changed ${when}: a difference may be such a change`;
    context.onEvent({ event: 'notice', job: job.document.id, step: 'validate', message });
  });
}
