import { type ControlStore, FailureDetector, isSilent, type ProcessProbe } from '../control/index.ts';
import type { Clock } from '../std/index.ts';
import type { MoveStep, ValidateSummary } from './events.ts';
import { findJob, findJobs, type JobDocument, type JobTable } from './job.ts';
import { lockName } from './job-lock.ts';
import { MOVE_STEPS } from './steps.ts';

export interface JobStatus {
  readonly id: string;
  /** `interrupted` has work left and nobody at it. */
  readonly state: 'running' | 'interrupted' | 'finished' | 'abandoned';
  /** The step that is next to do or to go on with; undefined if none is left. */
  readonly step: MoveStep | undefined;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  readonly filter: string | null;
  readonly tables: readonly JobTable[];
  /** Of the last validation that came to its end. */
  readonly validation: ValidateSummary | null;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
}

export interface JobsContext {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly probe: ProcessProbe;
}

/** Every job that the control store knows, by id. */
export async function listJobs(context: JobsContext): Promise<readonly JobStatus[]> {
  const jobs = await findJobs(context.control);
  return Promise.all(jobs.map(({ document }) => statusOf(context, document)));
}

export async function jobStatus(context: JobsContext, id: string): Promise<JobStatus | undefined> {
  const found = await findJob(context.control, id);
  return found && statusOf(context, found.document);
}

async function statusOf(context: JobsContext, document: JobDocument): Promise<JobStatus> {
  const { id, sourceUrl, targetUrl, filter, tables, validation, startedAtMs, updatedAtMs } = document;
  const step = document.abandoned ? undefined : nextStep(document);
  const state = document.abandoned
    ? 'abandoned'
    : (await isRunning(context, id))
      ? 'running'
      : step
        ? 'interrupted'
        : 'finished';
  return { id, state, step, sourceUrl, targetUrl, filter, tables, validation, startedAtMs, updatedAtMs };
}

/** A job that was only ever asked to validate or repair has nothing to set up or to copy. */
function nextStep({ steps, validation }: JobDocument): MoveStep | undefined {
  const onlyCompares = steps.setup === 'pending' && (steps.validate !== 'pending' || validation !== null);
  if (onlyCompares) return validation === null ? 'validate' : undefined;
  return MOVE_STEPS.find((step) => steps[step] !== 'done');
}

/** As far as one look can tell: whoever wants to go on with it looks more closely. */
async function isRunning({ control, clock, probe }: JobsContext, id: string): Promise<boolean> {
  const lock = await control.get(lockName(id));
  if (!lock) return false;
  const holder = await control.session((lock.value as { session: string }).session);
  const isGone = !holder || new FailureDetector({ clock, probe }).isDead(holder);
  return !isGone && !isSilent(holder, clock);
}
