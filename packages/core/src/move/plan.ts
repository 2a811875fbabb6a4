import type { Manifest, Table } from '../table/index.ts';
import { type KeyRange, splitTable } from '../transfer/index.ts';
import type { TargetMark } from './checkpoints.ts';
import { MoveError, refuse } from './errors.ts';
import type { MoveStep } from './events.ts';
import { type Forecast, forecastMove, type TableFacts } from './forecast.ts';
import { jobId } from './job.ts';
import { type Outlook, outlookOf } from './outlook.ts';
import {
  findRefusals,
  findSamePlace,
  notRepresentable,
  openSides,
  problemFinder,
  type TableSides,
} from './preflight.ts';
import { type Probe, probeTable, type Scratch } from './probe.ts';
import type { MoveContext, MoveRequest } from './request.ts';
import { jobStatus } from './status.ts';
import { type Survey, surveyTable } from './survey.ts';

/** Enough for a rate that means something, little enough to be no burden; the time is shared by all tables. */
const PROBE_ROWS = 20_000;
const PROBE_MS = 2_000;

export type PlanContext = Pick<MoveContext, 'control' | 'clock' | 'probe' | 'signal' | 'openScratch'>;

export interface PlanOptions {
  /** Look at about so many rows of each table, spread over it; undefined for all. */
  readonly sampleRows: number | undefined;
}

/** One side of a table: where it is, and how. */
export interface PlannedSide {
  readonly table: string;
  readonly store: string;
  readonly location: string;
  readonly layout: Manifest['layout'];
  /** Of a mapped table, as its URL says it. */
  readonly mapping: string | null;
}

export interface PlannedTable {
  readonly source: PlannedSide;
  readonly target: PlannedSide & { readonly state: 'absent' | 'empty' | 'filled' };
  /** What some job said in the target about its table. `live`: it is not finished. */
  readonly mark: TargetMark | null;
  /** Either would let the move go on where it is refused now; empty if none is needed. */
  readonly consents: readonly ('intoExisting' | 'recreate')[];
  /** The target's, to be held against the largest that the survey saw. */
  readonly limits: Manifest['limits'];
  readonly survey: Survey;
  readonly refusals: readonly MoveError[];
}

export interface MovePlan {
  readonly job: string;
  /** True if an earlier run of the same job left work to go on with. */
  readonly resumed: boolean;
  /** What the move would do now; empty if it would be refused for what it did before. */
  readonly steps: readonly MoveStep[];
  readonly tables: readonly PlannedTable[];
  /** Everything that the move would be refused for, of all tables; empty if it would go through. */
  readonly refusals: readonly MoveError[];
  /** Of the whole move, whatever an earlier run did of it. */
  readonly forecast: Forecast;
}

interface Prospect extends Pick<Outlook, 'id' | 'steps' | 'setUpFor' | 'request'> {
  readonly resumed: boolean;
  readonly refusals: readonly MoveError[];
}

/**
 * Says what `runMove` would do with the same request, what it would be refused for, and what it would take.
 *
 * Writes to neither store nor to the control store. What a move is refused for is listed; what makes the question itself
 * meaningless, such as a source that is not there, is thrown.
 */
export async function planMove(
  asked: MoveRequest,
  context: PlanContext,
  options: PlanOptions,
): Promise<MovePlan> {
  const prospect = await prospectOf(asked, context);
  const scratch = await context.openScratch?.();
  try {
    const tables: PlannedTable[] = [];
    const facts: TableFacts[] = [];
    for (const pair of asked.tables) {
      context.signal.throwIfAborted();
      const source = await asked.source.open(pair.source);
      const planning = { prospect, context, options, scratch };
      try {
        const planned = await planTable(source, pair.target, planning);
        tables.push(planned.table);
        facts.push(planned.facts);
      } finally {
        await source.close();
      }
    }
    const { id, resumed, steps } = prospect;
    const refusals = [...prospect.refusals, ...tables.flatMap((table) => table.refusals)];
    return { job: id, resumed, steps, tables, refusals, forecast: forecastMove(facts, asked) };
  } finally {
    await scratch?.close();
  }
}

/** What stands in the way of the job as a whole, and what it would do. */
async function prospectOf(asked: MoveRequest, context: PlanContext): Promise<Prospect> {
  const id = jobId(asked);
  const refusals = [findSamePlace(asked), await checkRunning(id, context)].filter(
    (found) => found !== undefined,
  );
  try {
    const outlook = await outlookOf(asked, context.control);
    return { ...outlook, resumed: outlook.resumed !== undefined, refusals };
  } catch (error) {
    if (!(error instanceof MoveError)) throw error;
    return {
      id,
      resumed: true,
      steps: [],
      setUpFor: undefined,
      request: asked,
      refusals: [...refusals, error],
    };
  }
}

async function checkRunning(id: string, context: PlanContext): Promise<MoveError | undefined> {
  const status = await jobStatus(context, id);
  if (status?.state !== 'running') return undefined;
  return refuse(
    'MOVE_JOB_RUNNING',
    `job ${id} is at work already`,
    'Follow it with "changeover status", or stop that process first.',
  );
}

interface Planning {
  readonly prospect: Prospect;
  readonly context: PlanContext;
  readonly options: PlanOptions;
  readonly scratch: Scratch | undefined;
}

async function planTable(
  source: Table,
  targetName: string,
  planning: Planning,
): Promise<{ readonly table: PlannedTable; readonly facts: TableFacts }> {
  const { prospect, context, options } = planning;
  const { request, steps } = prospect;
  const { filter, threads } = request;
  const { signal } = context;
  const sides = await openSides(request, source, targetName);
  try {
    const found = await findRefusals(sides, request, context, prospect);
    const split = await splitTable(source, threads, signal);
    const problemOf = problemFinder(sides, request);
    const survey = await surveyTable(source, split, { ...options, filter, threads, signal, problemOf });
    const { manifest } = sides.target ?? request.target;
    const table = {
      ...(await describeSides(sides, request)),
      mark: sides.mark ?? null,
      consents: found.some(({ code }) => code === 'MOVE_NOT_EMPTY') ? CONSENTS : [],
      limits: manifest.limits,
      survey,
      refusals: [...found, ...(steps.includes('copy') ? problemRefusals(source, survey) : [])],
    };
    const facts = {
      rows: survey.rows?.value ?? null,
      bytes: survey.bytes?.value ?? null,
      tableRows: split.rows ?? null,
      ranges: split.ranges.length,
      source: source.manifest,
      target: manifest,
      probe: await probe(source, split.ranges, planning),
    };
    return { table, facts };
  } finally {
    await sides.target?.close();
  }
}

const CONSENTS = ['intoExisting', 'recreate'] as const;

async function describeSides(
  { source, name, target }: TableSides,
  { source: sourceStore, target: targetStore }: MoveRequest,
): Promise<Pick<PlannedTable, 'source' | 'target'>> {
  const state = !target ? 'absent' : (await target.describe()).empty ? 'empty' : 'filled';
  const { layout } = (target ?? targetStore).manifest;
  return {
    source: {
      table: source.name,
      store: sourceStore.kind,
      location: sourceStore.location,
      layout: source.manifest.layout,
      mapping: sourceStore.mapping ?? null,
    },
    target: {
      table: name,
      store: targetStore.kind,
      location: targetStore.location,
      layout,
      mapping: targetStore.mapping ?? null,
      state,
    },
  };
}

function problemRefusals(source: Table, { problems }: Survey): readonly MoveError[] {
  return problems.map(({ property, reason, example }) =>
    notRepresentable(source, example, { property: property ?? undefined, reason }),
  );
}

async function probe(
  source: Table,
  ranges: readonly KeyRange[],
  { prospect, context, scratch }: Planning,
): Promise<Probe | null> {
  const { filter, threads, batchRows, tables } = prospect.request;
  const { clock, signal } = context;
  const limits = { rowsMax: PROBE_ROWS, timeMaxMs: PROBE_MS / tables.length };
  return probeTable(source, ranges, scratch, { ...limits, filter, threads, batchRows, clock, signal });
}
