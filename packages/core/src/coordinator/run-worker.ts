import { type ControlStore, keepLease, LEASE_MS, type Owner, type ProcessProbe } from '../control/index.ts';
import { findPhase, openPlaces, type Places, type Resolve } from '../cutover/index.ts';
import { type Clock, isCode } from '../std/index.ts';
import { Pace } from './pace.ts';
import { findState } from './state.ts';
import { findTask, listShards } from './task.ts';
import { workOnTask } from './worker.ts';

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
 * be killed at any moment: another worker takes over what it had begun.
 */
export async function runWorker(options: WorkOptions): Promise<void> {
  const { control, clock, owner, places, threads, signal, leaseMs = LEASE_MS, onIdle } = options;
  const session = await control.openSession(owner, leaseMs);
  const lease = keepLease(control, session, clock, leaseMs);
  const opened = await openPlaces(places, options.resolve, { signal });
  const working = AbortSignal.any([signal, lease.lost]);
  const pace = new Pace(control, places.name, clock);
  let idle = false;
  try {
    while (!working.aborted && !(await findState(control, places.name)).value.ended) {
      const task = await openTask(options);
      if (idle !== !task) onIdle?.(!task);
      idle = !task;
      if (task) {
        const worker = { ...options, opened, session, pace };
        await tolerant(() =>
          Promise.all(Array.from({ length: threads }, () => workOnTask(worker, task, working))),
        );
      } else {
        await clock.sleep(LOOK_MS, working);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw lease.lost.aborted ? lease.lost.reason : error;
  } finally {
    await lease.stop();
    await opened.close();
    if (!lease.lost.aborted) await control.endSession(session.id);
  }
}

/** The task that is on, if there is anything left to take of it. */
async function openTask({ control, places }: WorkOptions) {
  const task = (await findTask(control, places.name))?.value;
  if (!task) return undefined;
  const { number, settled } = (await findPhase(control, places.name)).value;
  if (number !== task.phase || !settled) return undefined;
  const shards = await listShards(control, places.name, task);
  return shards.some(({ value }) => !value.done && value.session === null) ? task : undefined;
}

/** Whoever drives has gone on without us: there will be another task. */
async function tolerant(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isCode(error, 'LIVE_OVERTAKEN', 'TABLE_FENCED')) throw error;
  }
}
