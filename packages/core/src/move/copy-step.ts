import type { Clock } from '../std/index.ts';
import type { Table } from '../table/index.ts';
import { rateLimit, unlimited } from '../transfer/index.ts';
import { Checkpoints, markCopied, openProgress, type TablePlan } from './checkpoints.ts';
import { type CopyTable, copyShards } from './copy.ts';
import { MoveError, refuse } from './errors.ts';
import type { Job, JobTable } from './job.ts';
import type { ProgressEvents } from './progress-events.ts';
import { changeTokens, progressOf, type Run } from './run.ts';

/** How often the job's document is told how far the copy is, for `status`. */
const REPORT_MS = 1_000;

/** Copies what is left to copy, and says in the target and in the job that it is done. */
export async function copyStep(run: Run): Promise<void> {
  const { request, job, sources } = run;
  const { id, generation, steps } = job.document;
  await job.update({
    steps: { ...steps, copy: 'started', validate: 'pending' },
    // A copy that is gone on with began when it first began: what changed since then counts.
    changeTokens: steps.copy === 'started' ? job.document.changeTokens : await changeTokens(sources),
  });
  const progress = await openProgress(request.target);
  if (!progress) throw planIsGone(request.tables[0]?.target ?? '');
  const tables: CopyTable[] = [];
  try {
    const checkpoints = new Checkpoints(progress, id, generation);
    for (const [index, pair] of request.tables.entries()) {
      const plan = await checkpoints.read(index);
      if (!plan) throw planIsGone(pair.target);
      const target = await request.target.open(pair.target);
      tables.push({ index, source: sources[index] as Table, target, plan });
    }
    await copyTables(run, tables, checkpoints);
    await releaseTargets(run, progress);
  } finally {
    for (const { target } of tables) await target.close();
    await progress.close();
  }
  await job.update({ steps: { ...job.document.steps, copy: 'done' } });
}

async function copyTables(run: Run, tables: readonly CopyTable[], checkpoints: Checkpoints): Promise<void> {
  const { request, context, job, signal } = run;
  const events = tables.map(({ index, plan }) =>
    progressOf(run, 'copy', index, countsOf(plan), plan.totalRows),
  );
  const report = new CopyReport(job, context.clock, tables, events);
  await report.write();
  try {
    await copyShards(tables, checkpoints, {
      filter: request.filter,
      threads: request.threads,
      batchRows: request.batchRows,
      rate: request.rowsPerSecond === undefined ? unlimited : rateLimit(request.rowsPerSecond, context.clock),
      signal,
      onCopied({ index }, rows, bytes) {
        events[index]?.add(rows, bytes);
        report.writeNowAndThen();
      },
    });
  } catch (error) {
    // Nothing may write the job's document once its lock is let go; but what stopped the copy is what must be told.
    await report.settle().catch(() => undefined);
    throw error;
  }
  await report.settle();
  for (const table of events) table.finish();
  await report.write();
}

/** Keeps the job's document in step with the copy, without the copy waiting for it. */
class CopyReport {
  readonly #job: Job;
  readonly #clock: Clock;
  readonly #tables: readonly CopyTable[];
  readonly #events: readonly ProgressEvents[];
  #writtenMs: number;
  #writing: Promise<void> = Promise.resolve();

  constructor(job: Job, clock: Clock, tables: readonly CopyTable[], events: readonly ProgressEvents[]) {
    this.#job = job;
    this.#clock = clock;
    this.#tables = tables;
    this.#events = events;
    this.#writtenMs = clock.monotonic();
  }

  write(): Promise<void> {
    return this.#job.update({
      tables: this.#job.document.tables.map((table, index) => this.#row(table, index)),
    });
  }

  writeNowAndThen(): void {
    if (this.#clock.monotonic() - this.#writtenMs < REPORT_MS) return;
    this.#writtenMs = this.#clock.monotonic();
    const written = this.write();
    // A failure comes to light in settle(); until then it must not count as unhandled.
    written.catch(() => undefined);
    this.#writing = Promise.all([this.#writing, written]).then(() => undefined);
    this.#writing.catch(() => undefined);
  }

  settle(): Promise<void> {
    return this.#writing;
  }

  #row(table: JobTable, index: number): JobTable {
    return {
      ...table,
      rows: this.#events[index]?.rows ?? 0,
      totalRows: this.#tables[index]?.plan.totalRows ?? null,
    };
  }
}

/** From here on the target may be written to by others again. */
async function releaseTargets({ request, context, job }: Run, progress: Table): Promise<void> {
  const { id, generation } = job.document;
  for (const { target } of request.tables) {
    const ours = { job: id, generation, control: context.control.identity };
    if (!(await markCopied(progress, target, ours))) throw targetIsTaken(target);
  }
}

function countsOf({ shards }: TablePlan): { rows: number; bytes: number } {
  return {
    rows: shards.reduce((sum, { rows }) => sum + rows, 0),
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

function planIsGone(target: string): MoveError {
  return refuse(
    'MOVE_CHECKPOINT_UNUSABLE',
    `the target has no checkpoints for the table ${JSON.stringify(target)}, though it was set up`,
    'It was changed or replaced since. Start over with --recreate.',
  );
}

function targetIsTaken(target: string): MoveError {
  const message = `another job has taken over the target table ${JSON.stringify(target)}`;
  return new MoveError('MOVE_OWNERSHIP_LOST', message, {
    effect: 'none',
    hint: 'See what it is doing with "changeover status".',
  });
}
