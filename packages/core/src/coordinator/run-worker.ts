import {
  type ControlStore,
  FailureDetector,
  LEASE_MS,
  type Owner,
  type ProcessProbe,
  takeLease,
} from '../control/index.ts';
import { findPhase, type OpenPlaces, openPlaces, type Places, type Resolve } from '../cutover/index.ts';
import { type Clock, isCode } from '../std/index.ts';
import { Pace } from './pace.ts';
import { findState } from './state.ts';
import { findTask, listShards, type Shard } from './task.ts';
import { type WorkerOptions, workOnTask } from './worker.ts';

const LOOK_MS = 200;

export interface WorkOptions {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly probe: ProcessProbe;
  readonly owner: Owner;
  readonly places: Places;
  readonly resolve: Resolve;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** How long what it works on is left to it when it is not heard from, in milliseconds; 15 000 if not given. */
  readonly leaseMs?: number;
  /** Told when it has nothing to do, and when it has again. */
  onIdle?(idle: boolean): void;
}

/**
 * Works on whatever is to be done, beside the one who drives the migration, until that is over or the signal aborts. Can
 * be killed at any moment: another worker takes over what it had begun. One that slept through its lease takes another.
 */
export async function runWorker(options: WorkOptions): Promise<void> {
  const opened = await openUnlessOver(options);
  if (!opened) return;
  try {
    while (!(await workUnderLease(options, opened)));
  } finally {
    await opened.close();
  }
}

/** Undefined if the signal aborts, or the migration is over: then a table may have another name, and nothing is left to work on. */
async function openUnlessOver({
  control,
  places,
  resolve,
  signal,
}: WorkOptions): Promise<OpenPlaces | undefined> {
  const isOver = async () => (await findState(control, places.name)).value.ended !== null;
  if (await isOver()) return undefined;
  try {
    return await openPlaces(places, resolve, { signal });
  } catch (error) {
    if (signal.aborted || (isCode(error, 'TABLE_NOT_FOUND') && (await isOver()))) return undefined;
    throw error;
  }
}

/** Resolves when it is over, or the signal aborts; with false when the lease is lost. */
async function workUnderLease(options: WorkOptions, opened: OpenPlaces): Promise<boolean> {
  const { control, clock, owner, signal, leaseMs = LEASE_MS } = options;
  const lease = await takeLease(control, owner, clock, leaseMs);
  const { session } = lease;
  const detector = new FailureDetector(options);
  const pace = new Pace(control, options.places.name, clock);
  try {
    const working = AbortSignal.any([signal, lease.lost]);
    await workUntilOver({ ...options, opened, session, detector, pace, atWork: new Set() }, working);
    return true;
  } catch (error) {
    if (signal.aborted) return true;
    if (!lease.lost.aborted) throw error;
    return false;
  } finally {
    await lease.end();
  }
}

async function workUntilOver(options: WorkOptions & WorkerOptions, working: AbortSignal): Promise<void> {
  const { control, clock, places, threads, onIdle } = options;
  let idle = false;
  while (!(await findState(control, places.name)).value.ended) {
    working.throwIfAborted();
    const task = await openTask(options);
    if (idle !== !task) onIdle?.(!task);
    idle = !task;
    if (task) await tolerant(Array.from({ length: threads }, () => workOnTask(options, task, working)));
    else await clock.sleep(LOOK_MS, working);
  }
}

/** The task that is on, if there is anything left to take of it. */
async function openTask({ control, places, session }: WorkerOptions) {
  const task = (await findTask(control, places.name))?.value;
  if (!task) return undefined;
  const { number, settled } = (await findPhase(control, places.name)).value;
  if (number !== task.phase || !settled) return undefined;
  const shards = await listShards(control, places.name, task);
  const isFree = ({ done, session: by }: Shard) => !done && (by === null || by === session.id);
  return shards.some(({ value }) => isFree(value)) ? task : undefined;
}

/** Resolves when all have ended. Whoever drives may have gone on without us: there will be another task. */
async function tolerant(work: readonly Promise<void>[]): Promise<void> {
  for (const ended of await Promise.allSettled(work)) {
    if (ended.status === 'rejected' && !isCode(ended.reason, 'LIVE_OVERTAKEN', 'TABLE_FENCED'))
      throw ended.reason;
  }
}
