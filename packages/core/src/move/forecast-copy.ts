import { isOperationalError } from '../std/index.ts';
import type { Manifest, Table } from '../table/index.ts';
import { Checkpoints, openProgress, type TablePlan } from './checkpoints.ts';
import { forecastMove } from './forecast.ts';
import { type Probe, probeTable, type Scratch } from './probe.ts';
import type { Run } from './run.ts';

/** Below this a forecast would take a good part of the time that it is to tell. */
const ROWS_MIN = 20_000;
/** The probe of a move is not to be noticed: what is at stake is a line at its end. */
const PROBE_ROWS = 5_000;
const PROBE_MS = 250;

/**
 * Keeps in the job what its copy and validation are going to take, before the first row is copied. Does nothing with a
 * filter: how many rows match is not known before they have been read.
 */
export async function forecastCopy(run: Run): Promise<void> {
  const { request, job, sources } = run;
  const { id, generation, steps, forecast } = job.document;
  if (forecast || steps.copy !== 'pending' || request.filter) return;
  const progress = await openProgress(request.target);
  if (!progress) return;
  try {
    const checkpoints = new Checkpoints(progress, id, generation);
    const plans: TablePlan[] = [];
    for (const index of request.tables.keys()) {
      const plan = await checkpoints.read(index);
      // A plan that is gone is the copy's to refuse.
      if (!plan) return;
      plans.push(plan);
    }
    const probes = await probeAll(run, plans);
    const targets = await manifestsOf(run);
    const facts = plans.map(({ totalRows, shards }, index) => ({
      rows: totalRows,
      bytes: null,
      tableRows: totalRows,
      ranges: shards.length,
      source: (sources[index] as Table).manifest,
      target: targets[index] as Manifest,
      probe: probes[index] ?? null,
    }));
    await job.update({ forecast: forecastMove(facts, request) });
  } finally {
    await progress.close();
  }
}

async function manifestsOf({ request }: Run): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  for (const pair of request.tables) {
    const table = await request.target.open(pair.target);
    manifests.push(table.manifest);
    await table.close();
  }
  return manifests;
}

/** What fails here is told, and stops nothing: the copy is about to meet whatever is really wrong. */
async function probeAll(run: Run, plans: readonly TablePlan[]): Promise<readonly (Probe | null)[]> {
  const { context, job, signal } = run;
  const rows = plans.reduce((sum, { totalRows }) => sum + (totalRows ?? 0), 0);
  if (!context.openScratch || rows < ROWS_MIN) return [];
  try {
    const scratch = await context.openScratch();
    try {
      return await probeTables(run, plans, scratch);
    } finally {
      await scratch.close();
    }
  } catch (error) {
    if (signal.aborted || !isOperationalError(error)) throw error;
    const message = `how long it will take could not be forecast: ${error.message}`;
    context.onEvent({ event: 'notice', job: job.document.id, step: 'copy', message });
    return [];
  }
}

async function probeTables(
  { request, context, sources, signal }: Run,
  plans: readonly TablePlan[],
  scratch: Scratch,
): Promise<readonly (Probe | null)[]> {
  const { filter, threads, batchRows, tables } = request;
  const limits = { rowsMax: PROBE_ROWS, timeMaxMs: PROBE_MS / tables.length };
  const options = { ...limits, filter, threads, batchRows, clock: context.clock, signal };
  const probes: (Probe | null)[] = [];
  for (const [index, { shards }] of plans.entries()) {
    const ranges = shards.map(({ range }) => range);
    probes.push(await probeTable(sources[index] as Table, ranges, scratch, options));
  }
  return probes;
}
