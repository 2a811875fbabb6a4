import { type Found, type OpenPlaces, type PhaseDocument, write } from '../cutover/index.ts';
import type { PartitionRange } from '../live/index.ts';
import { compareText } from '../table/index.ts';
import type { Driving } from './driving.ts';
import type { State, TaskKind } from './state.ts';
import {
  findTask,
  listShards,
  NOTHING,
  removeOldShards,
  type Shard,
  type ShardRange,
  type Task,
  taskName,
  writeShard,
} from './task.ts';
import { workOnTask } from './worker.ts';

/** Enough shards that many workers have something to do to the end. */
const SHARDS = 32;
/** How often is looked how far all workers have come. */
const LOOK_MS = 100;

type Working = Driving & { readonly opened: OpenPlaces };

export interface TaskResult {
  readonly task: Task;
  readonly shards: readonly Shard[];
}

/**
 * Does something to every partition: cuts the work into shards, works on them beside whatever other workers there are,
 * and waits until all are done. One that was begun is gone on with.
 */
export async function runTask(
  driving: Working,
  phase: Found<PhaseDocument>,
  state: State,
  kind: TaskKind,
): Promise<TaskResult> {
  const { signal } = driving;
  const task = await beginTask(driving, phase, state, kind);
  const stopped = new AbortController();
  const working = AbortSignal.any([signal, stopped.signal]);
  const workers = Array.from({ length: driving.threads }, () => workOnTask(driving, task, working));
  const worked = Promise.all(workers);
  const watching = watchTask(driving, task, worked, working);
  try {
    const [shards] = await Promise.all([watching, worked]);
    return { task, shards };
  } catch (error) {
    stopped.abort(error);
    await Promise.allSettled([...workers, watching]);
    throw error;
  }
}

/** Resolves when all shards are done. Once our own workers have nothing left, takes those up whose workers have died. */
async function watchTask(
  driving: Working,
  task: Task,
  worked: Promise<unknown>,
  signal: AbortSignal,
): Promise<readonly Shard[]> {
  const { control, clock, places } = driving;
  let idle = false;
  worked.then(
    () => (idle = true),
    () => undefined,
  );
  for (;;) {
    const shards = (await listShards(control, places.name, task)).map(({ value }) => value);
    const done = shards.length === task.shards && shards.every((shard) => shard.done);
    driving.onProgress(task, shards, done);
    if (done) return shards;
    await clock.sleep(LOOK_MS, signal);
    if (idle) await workOnTask(driving, task, signal);
  }
}

async function beginTask(
  { control, clock, places, opened, session, signal }: Working,
  phase: Found<PhaseDocument>,
  state: State,
  kind: TaskKind,
): Promise<Task> {
  const found = await findTask(control, places.name);
  const begun = found?.value;
  if (begun && isSame(begun, phase.value, state, kind)) return begun;
  const number = Math.max(begun?.number ?? 0, state.tasks) + 1;
  const cutBy = session.id;
  const { ranges, rows } = await cut(opened, signal);
  const course = state.course ?? { side: state.ended ?? 'source', range: null };
  const content = phase.value.phase;
  for (const [index, range] of ranges.entries()) {
    const shard = { ...range, task: number, cutBy, number: index, session: null, done: false, cursor: null };
    await writeShard(control, places.name, { ...shard, counts: NOTHING, examples: [] }, undefined);
  }
  const task: Task = {
    number,
    cutBy,
    kind,
    side: course.side,
    range: course.range as PartitionRange | null,
    plan: state.plan,
    born: content.kind === 'managed' ? content.born : content.side,
    phase: phase.value.number,
    shards: ranges.length,
    rows,
    beganAtMs: clock.now(),
  };
  await write(control, taskName(places.name), task, found?.revision);
  await removeOldShards(control, places.name, task);
  return task;
}

/** Whether a task is the one that is to be done, so that what is done of it counts. */
function isSame(task: Task, { number }: PhaseDocument, state: State, kind: TaskKind): boolean {
  return task.kind === kind && task.phase === number && task.plan === state.plan && task.number > state.tasks;
}

/** Cuts the partitions of both sides into ranges of about as many rows. */
async function cut(
  { sides }: OpenPlaces,
  signal: AbortSignal,
): Promise<{ readonly ranges: readonly ShardRange[]; readonly rows: number | null }> {
  const samples = [
    await sides.source.sampleKeys(SHARDS, { signal }),
    await sides.target.sampleKeys(SHARDS, { signal }),
  ];
  const largest = samples.reduce((one, other) => ((other.rows ?? 0) > (one.rows ?? 0) ? other : one));
  const keys = [...new Set(largest.keys.map(({ partitionKey }) => partitionKey))].toSorted(compareText);
  const bounds = [null, ...keys, null];
  const ranges = bounds
    .slice(1)
    .map((through, index) => ({ after: bounds[index] as string | null, through }));
  return { ranges, rows: largest.rows ?? null };
}
