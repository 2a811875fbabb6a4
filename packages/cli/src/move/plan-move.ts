import type { MoveRequest, TablePair } from 'changeover/move';
import { blamingLater } from '../config/blaming.ts';
import type { Io } from '../io.ts';
import type { MoveJob } from './move-job.ts';
import { type MoveOptions, stepsOf } from './move-options.ts';
import { selectTables } from './select-tables.ts';
import { type Sides, withSides } from './sides.ts';

/** A job whose stores and tables were seen to be there. */
export interface PlannedMove {
  readonly job: MoveJob;
  readonly tables: readonly TablePair[];
  /** For people. */
  readonly targetLocation: string;
  /** The tables of the target that `--recreate` would drop. */
  readonly drops: readonly string[];
}

/** Looks at everything that can be looked at before anything is created or asked. Writes nothing. */
export async function planMoves(
  jobs: readonly MoveJob[],
  options: MoveOptions,
  io: Io,
): Promise<readonly PlannedMove[]> {
  const planned: PlannedMove[] = [];
  const mode = options.dryRun && options.repair ? 'read' : 'write';
  for (const job of jobs) {
    planned.push(await withSides(job, mode, io, (sides) => planMove(job, sides, options)));
  }
  return planned;
}

async function planMove(job: MoveJob, sides: Sides, options: MoveOptions): Promise<PlannedMove> {
  const { source, target } = sides;
  const tables = await blamingLater(job.places?.source, () => selectTables(source, target, job.choice));
  const existing = options.recreate ? await target.store.list() : [];
  const drops = tables
    .map((pair) => pair.target)
    .filter((name) => existing.includes(name) && target.store.mapping === undefined);
  return { job, tables, targetLocation: target.store.location, drops };
}

/** What is asked of the mover. */
export function requestOf(
  { filter }: MoveJob,
  tables: readonly TablePair[],
  { source, target }: Sides,
  options: MoveOptions,
): MoveRequest {
  return {
    source: source.store,
    target: target.store,
    tables,
    filter,
    steps: stepsOf(options),
    threads: options.threads,
    batchRows: options.batchRows,
    rowsPerSecond: options.rate,
    recreate: options.recreate ?? false,
    intoExisting: options.intoExisting ?? false,
    deleteExtra: options.deleteExtra ?? false,
    sourceUrl: source.url,
    targetUrl: target.url,
  };
}
