import { createHash } from 'node:crypto';
import type { ControlStore, Document } from '../control/index.ts';
import { type Clock, canonicalJson, isCode, type Json } from '../std/index.ts';
import { printFilter } from '../table/index.ts';
import { MoveError, refuse } from './errors.ts';
import type { MoveStep, ValidateSummary } from './events.ts';
import type { Forecast } from './forecast.ts';
import type { MoveRequest, TablePair } from './request.ts';

/** The format of job documents and checkpoints that this version writes, and the only one that it reads. */
export const JOB_FORMAT = 1;
const JOB_PREFIX = 'jobs/';

type LastingStep = Exclude<MoveStep, 'repair'>;
type StepState = 'pending' | 'started' | 'done';

export interface JobTable extends TablePair {
  readonly rows: number;
  readonly totalRows: number | null;
}

/** What the control store knows of a job. The checkpoints of its shards live with the rows, in the target. */
export interface JobDocument {
  readonly format: number;
  readonly id: string;
  /** Rises when the job is started over; checkpoints of an earlier generation mean nothing. */
  readonly generation: number;
  readonly sourceUrl: string;
  readonly targetUrl: string;
  readonly filter: string | null;
  readonly abandoned: boolean;
  readonly intoExisting: boolean;
  /** Repair has no state: it always looks at everything. */
  readonly steps: Readonly<Record<LastingStep, StepState>>;
  readonly tables: readonly JobTable[];
  /** The source's change tokens when the copy began, by table; null where the source has none. */
  readonly changeTokens: readonly (string | null)[];
  readonly validation: ValidateSummary | null;
  /** Made when the copy began, to be held against what came of it. */
  readonly forecast?: Forecast;
  readonly startedAtMs: number;
  readonly updatedAtMs: number;
}

/**
 * The same for every run that moves the same rows between the same places, whoever runs it and with what credentials:
 * source, target, tables, mappings and filter.
 */
export function jobId({ source, target, tables, filter }: MoveRequest): string {
  const identity = canonicalJson({
    source: source.identity,
    sourceMapping: source.mapping ?? null,
    target: target.identity,
    targetMapping: target.mapping ?? null,
    tables: tables.map(({ source: from, target: to }) => [from, to]),
    filter: filter ? printFilter(filter) : null,
  });
  return createHash('sha256').update(identity).digest('hex').slice(0, 12);
}

interface JobContext {
  readonly control: ControlStore;
  readonly clock: Clock;
}

/** A job's document in the hands of the one run that holds its lock. */
export class Job {
  readonly #control: ControlStore;
  readonly #clock: Clock;
  #revision: number | undefined;
  #document: JobDocument;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    control: ControlStore,
    clock: Clock,
    document: JobDocument,
    revision: number | undefined,
  ) {
    this.#control = control;
    this.#clock = clock;
    this.#document = document;
    this.#revision = revision;
  }

  /**
   * Goes on with a job. One that is not set up takes a generation above those on the target: what is there by its own
   * number may be another control store's, and its checkpoints would speak of rows that this job never copied.
   */
  static resume(context: JobContext, { document, revision }: FoundJob, generationBefore = 0): Job {
    const raised = document.steps.setup !== 'done' && generationBefore >= document.generation;
    const generation = raised ? generationBefore + 1 : document.generation;
    return new Job(context.control, context.clock, { ...document, generation }, revision);
  }

  /** A generation above every earlier one, in the control store or on the target. The first {@link update} writes it. */
  static begin(
    request: MoveRequest,
    context: JobContext,
    found: FoundJob | undefined,
    generationBefore: number,
  ): Job {
    const generation = Math.max(found?.document.generation ?? 0, generationBefore) + 1;
    const fresh = newDocument(request, generation, context.clock.now());
    return new Job(context.control, context.clock, fresh, found?.revision);
  }

  get document(): JobDocument {
    return this.#document;
  }

  /** Writes a change. Changes are written one after another; one that finds the document changed by others throws. */
  update(change: Partial<JobDocument>): Promise<void> {
    const written = this.#writing.then(() => this.#write(change));
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(change: Partial<JobDocument>): Promise<void> {
    const next = { ...this.#document, ...change, updatedAtMs: this.#clock.now() };
    try {
      const { revision } = await this.#control.put(
        JOB_PREFIX + next.id,
        next as unknown as Json,
        this.#revision,
      );
      this.#revision = revision;
      this.#document = next;
    } catch (error) {
      if (!isCode(error, 'CONTROL_REVISION_MISMATCH')) throw error;
      throw new MoveError('MOVE_OWNERSHIP_LOST', `job ${next.id} was changed by another process`, {
        effect: 'none',
        cause: error,
        hint: 'See what it is doing with "changeover status", then run the same command again.',
      });
    }
  }
}

export interface FoundJob {
  readonly document: JobDocument;
  readonly revision: number;
}

export async function findJob(control: ControlStore, id: string): Promise<FoundJob | undefined> {
  const found = await control.get(JOB_PREFIX + id);
  return found && readJob(found);
}

export async function findJobs(control: ControlStore): Promise<readonly FoundJob[]> {
  return (await control.list(JOB_PREFIX)).map(readJob);
}

function readJob({ name, value, revision }: Document): FoundJob {
  const document = value as unknown as JobDocument;
  if (document.format !== JOB_FORMAT) {
    throw refuse(
      'MOVE_CHECKPOINT_UNUSABLE',
      `${name} has the format ${String(document.format)}; this version knows ${JOB_FORMAT}`,
      'Go on with the version that began the job, or give it up with that version.',
    );
  }
  return { document, revision };
}

function newDocument(request: MoveRequest, generation: number, nowMs: number): JobDocument {
  return {
    format: JOB_FORMAT,
    id: jobId(request),
    generation,
    sourceUrl: request.sourceUrl,
    targetUrl: request.targetUrl,
    filter: request.filter ? printFilter(request.filter) : null,
    abandoned: false,
    intoExisting: request.intoExisting,
    steps: { setup: 'pending', copy: 'pending', validate: 'pending' },
    tables: request.tables.map((pair) => ({ ...pair, rows: 0, totalRows: null })),
    changeTokens: request.tables.map(() => null),
    validation: null,
    startedAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
