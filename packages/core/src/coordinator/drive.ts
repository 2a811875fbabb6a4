import { type FailureDetector, type LockedContext, type ProcessProbe, withLock } from '../control/index.ts';
import {
  type Found,
  nameOfPhase,
  type OpenPlaces,
  type PhaseContent,
  type PhaseDocument,
  type Places,
  type Pushing,
  pushPhase,
  type Resolve,
  settlePhase,
} from '../cutover/index.ts';
import { otherOf } from '../live/index.ts';
import { isCode } from '../std/index.ts';
import { ProgressMeter } from '../transfer/index.ts';
import type { Driving } from './driving.ts';
import type { LiveEvent, WaitedFor } from './events.ts';
import { findGoal, type Goal } from './goal.ts';
import { inUse, userOf } from './in-use.ts';
import { Pace } from './pace.ts';
import { findNewName, renameRetired } from './retire-table.ts';
import { Opener } from './retired-place.ts';
import { runTask, type TaskResult } from './run-task.ts';
import { findStands, isReached, type Stands } from './stands.ts';
import { findState, type Hold, type RetiredName, type State, type TaskKind, writeState } from './state.ts';
import { type Counts, NOTHING, type Shard, sum, type Task } from './task.ts';

/** How soon it is heeded that somebody wants something else. */
const LOOK_MS = 200;

export interface DriveOptions extends Omit<LockedContext, 'detector'> {
  readonly probe: ProcessProbe;
  readonly places: Places;
  readonly resolve: Resolve;
  /** Shards in flight in this process. */
  readonly threads: number;
  /** Asked before a phase is pushed to a group of clients: why it should not be, if so. */
  healthy?(told: readonly string[]): Promise<string | undefined>;
  onEvent(event: LiveEvent): void;
}

export function lockName(migration: string): string {
  return `locks/live/${migration}`;
}

/**
 * Brings a migration to its goal, from wherever whoever drove it before left it. Only one process drives at a time; every
 * change is written down under the revision that was read, so that one which does not know that its time has passed
 * changes nothing.
 *
 * Throws `CONTROL_LOCK_HELD` if another drives; `LIVE_DIFFERENT` and `LIVE_TROUBLE` if it cannot go on before somebody
 * has looked.
 */
export function drive(asked: DriveOptions, detector: FailureDetector): Promise<void> {
  const { places } = asked;
  const options = { ...asked, detector };
  return withLock(options, lockName(places.name), async ({ session, signal }) => {
    const opener = new Opener(places, options.resolve, { signal });
    const pace = new Pace(options.control, places.name, options.clock);
    const atWork = new Set<number>();
    try {
      await new Driver({ ...options, opener, session, pace, atWork, signal, ...showing(options) }).run();
    } finally {
      await opener.close();
    }
  });
}

class Driver {
  readonly #driving: Driving;

  constructor(driving: Driving) {
    this.#driving = driving;
  }

  async run(): Promise<void> {
    const { control, signal, onEvent, places } = this.#driving;
    for (let begun = false; ; begun = true) {
      signal.throwIfAborted();
      const stands = await findStands(control, places.name);
      const { phase, state } = stands;
      if (!begun) onEvent({ event: 'drives', migration: places.name, resumed: state.value.course !== null });
      if (isReached(places.name, stands)) {
        return onEvent({ event: 'reached', phase: nameOfPhase(phase.value.phase) });
      }
      await this.#take(stands);
    }
  }

  async #take(stands: Stands): Promise<void> {
    const { state, step } = stands;
    switch (step.kind) {
      case 'reached':
        return;
      case 'settle':
        return this.#settle(stands);
      case 'turn': {
        const plan = state.value.plan + 1;
        const { side } = step.course;
        await this.#write(state, { ...state.value, plan, course: step.course, done: [] });
        await this.#journal(`set out for the ${side} with plan ${plan}`);
        return this.#driving.onEvent({ event: 'turned', side, plan });
      }
      case 'push':
        return this.#push(stands, step.phase);
      case 'task':
        return this.#run(stands, step.task);
      case 'end':
        return this.#end(state);
      case 'rename':
        return this.#rename(stands);
    }
  }

  async #settle({ phase, state }: Stands): Promise<void> {
    await settlePhase(await this.#pushing(state.value), phase);
    await this.#settled(phase.value);
  }

  async #push({ phase, state, goal }: Stands, next: PhaseContent): Promise<void> {
    // Physical deletes begin with it, and a validation would take them for lost rows: that must be known before.
    if (next.kind === 'alone') await this.#write(state, { ...state.value, usedAlone: next.side });
    const number = phase.value.number + 1;
    this.#driving.onEvent({ event: 'phase', number, phase: nameOfPhase(next), state: 'begun' });
    try {
      const pushed = await pushPhase(await this.#pushing(state.value), phase, next);
      await this.#settled(pushed.value);
    } catch (error) {
      if (!isCode(error, 'LIVE_TROUBLE')) throw error;
      await this.#hold({ goal: goal.revision, code: 'LIVE_TROUBLE', message: error.message });
      throw error;
    }
  }

  async #settled({ number, phase }: PhaseDocument): Promise<void> {
    await this.#journal(`all clients are in phase ${number}, ${nameOfPhase(phase)}`);
    this.#driving.onEvent({ event: 'phase', number, phase: nameOfPhase(phase), state: 'settled' });
  }

  /** Decides on the name, writes it down, and only then gives it: so that whoever comes next knows where the table is. */
  async #rename({ state, goal }: Stands): Promise<void> {
    const { retired, ended } = state.value;
    const side = otherOf(ended ?? 'target');
    if (retired?.kind === 'renaming') {
      const { table } = retired;
      const why = await renameRetired(this.#driving, side, table);
      const now = why === undefined ? { kind: 'renamed', table } : { kind: 'kept', why, goal: goal.revision };
      return this.#retired(state, now as RetiredName);
    }
    const found = await findNewName(this.#driving, side);
    if (found.kind !== 'free') {
      return this.#retired(state, { kind: 'kept', why: found.why, goal: goal.revision });
    }
    await this.#write(state, { ...state.value, retired: { kind: 'renaming', table: found.table } });
  }

  async #retired(state: Found<State>, retired: RetiredName): Promise<void> {
    const { places, onEvent } = this.#driving;
    const side = otherOf(state.value.ended ?? 'target');
    const { table } = places[side];
    const [newTable, why] = retired.kind === 'kept' ? [null, retired.why] : [retired.table, null];
    await this.#write(state, { ...state.value, retired });
    await this.#journal(
      why === null
        ? `the ${side} table is renamed to ${newTable}`
        : `the ${side} table keeps its name: ${why}`,
    );
    onEvent({ event: 'retired', side, table, newTable, why });
  }

  /** Runs a task, unless somebody wants something else meanwhile. */
  async #run({ phase, state, goal }: Stands, kind: TaskKind): Promise<void> {
    const { clock, signal, onEvent } = this.#driving;
    const side = state.value.course?.side ?? null;
    // Who wanted something else of half of it would lose the other half: that must be known before.
    if (kind === 'retire' && !state.value.ending) return this.#write(state, { ...state.value, ending: side });
    const opened = await this.#driving.opener.for(state.value);
    if (kind === 'wipe') await this.#checkUnused(opened);
    const changed = new AbortController();
    const stop = AbortSignal.any([signal, changed.signal]);
    const watching = this.#watchGoal(goal, changed).catch(() => undefined);
    onEvent({ event: 'taskStarted', task: kind, counts: NOTHING });
    const beganAtMs = clock.monotonic();
    try {
      const result = await runTask({ ...this.#driving, opened, signal: stop }, phase, state.value, kind);
      await this.#finish(state, goal, kind, result, clock.monotonic() - beganAtMs);
    } catch (error) {
      if (!changed.signal.aborted || signal.aborted) throw error;
    } finally {
      changed.abort();
      await watching;
    }
  }

  /** Somebody may have begun to use the retired table for something else. Throws `LIVE_EXISTS`. */
  async #checkUnused({ sides, stores }: OpenPlaces): Promise<void> {
    const { control, places } = this.#driving;
    const { identity, location } = stores.source;
    const { name: table } = sides.source;
    const other = await userOf(control, { identity, table }, places.name);
    if (other !== undefined) throw inUse(other, table, location);
  }

  async #watchGoal(goal: Found<Goal>, changed: AbortController): Promise<void> {
    const { control, clock, places } = this.#driving;
    while (!changed.signal.aborted) {
      await clock.sleep(LOOK_MS, changed.signal);
      const { revision } = await findGoal(control, places.name);
      if (revision !== goal.revision) changed.abort();
    }
  }

  async #finish(
    state: Found<State>,
    goal: Found<Goal>,
    kind: TaskKind,
    { task, shards }: TaskResult,
    tookMs: number,
  ): Promise<void> {
    const { onEvent } = this.#driving;
    const counts = sum(shards);
    for (const { examples } of shards) for (const difference of examples) onEvent(difference);
    await this.#journal(`${kind}: ${told(counts)}, in ${(tookMs / 1000).toFixed(1)} s`);
    onEvent({ event: 'taskFinished', task: kind, counts });
    if (counts.differences > 0) {
      const message = `${counts.differences} rows are proved to be different`;
      await this.#write(state, { ...state.value, tasks: task.number });
      await this.#hold({ goal: goal.revision, code: 'LIVE_DIFFERENT', message });
      return;
    }
    await this.#write(state, done(state.value, kind, task.number));
  }

  async #end(state: Found<State>): Promise<void> {
    const side = state.value.course?.side ?? 'source';
    await this.#write(state, { ...state.value, ended: side });
    await this.#journal(side === 'target' ? 'finalized' : 'aborted');
  }

  async #hold(hold: Hold): Promise<void> {
    const { control, places } = this.#driving;
    const state = await findState(control, places.name);
    await this.#write(state, { ...state.value, hold });
    await this.#journal(`stopped: ${hold.message}`);
  }

  async #write(found: Found<State>, state: State): Promise<void> {
    const { control, places } = this.#driving;
    await writeState(control, places.name, state, found.revision);
  }

  async #journal(what: string): Promise<void> {
    const { control, owner, places } = this.#driving;
    await control.append({ who: owner.label, subject: `live/${places.name}`, what, why: '' });
  }

  async #pushing(state: State): Promise<Pushing> {
    const { stores } = await this.#driving.opener.for(state);
    return { ...this.#driving, stores };
  }
}

function done(state: State, kind: TaskKind, tasks: number): State {
  const { course, usedAlone } = state;
  const isGone = kind === 'bring' && course?.range === null && course.side !== usedAlone;
  return {
    ...state,
    tasks,
    done: [...state.done, kind],
    usedAlone: isGone ? null : usedAlone,
    wiped: state.wiped || kind === 'wipe',
  };
}

function told({ partitions, copied, compared, superseded }: Counts): string {
  const rows = copied > 0 ? `, ${copied} rows copied` : '';
  const proved = compared > 0 ? `, ${compared} rows compared, of which ${superseded} were written since` : '';
  return `${partitions} partitions${rows}${proved}`;
}

/** Turns what happens into events. */
function showing({ clock, onEvent }: DriveOptions): Pick<Driving, 'onProgress' | 'onWaiting'> {
  let meter: { readonly task: number; readonly meter: ProgressMeter; rows: number } | undefined;
  return {
    onProgress(task: Task, shards: readonly Shard[], finished: boolean) {
      const counts = sum(shards);
      const rows = task.kind === 'validate' ? counts.compared : counts.copied;
      if (meter?.task !== task.number) {
        meter = {
          task: task.number,
          meter: new ProgressMeter(clock, { rows, bytes: 0 }, task.rows),
          rows,
        };
      }
      meter.meter.add(rows - meter.rows, 0);
      meter.rows = rows;
      const { totalRows, rowsPerSecond, etaSeconds } = meter.meter.read();
      const shardsDone = shards.filter((shard) => shard.done).length;
      const { partitions } = counts;
      onEvent({
        event: 'progress',
        task: task.kind,
        shards: shards.length,
        shardsDone,
        partitions,
        rows,
        totalRows,
        rowsPerSecond,
        etaSeconds: finished ? 0 : etaSeconds,
        finished,
      });
    },
    onWaiting(clients) {
      onEvent({
        event: 'waiting',
        clients: clients.map(({ value, leftMs }): WaitedFor => {
          const { label, pid, host, group } = value;
          return { label, pid, host, group, leaseUntilMs: clock.now() + Math.ceil(leftMs) };
        }),
      });
    },
  };
}
