import {
  type ControlStore,
  FailureDetector,
  isSilent,
  type JournalEntry,
  type ProcessProbe,
  type Session,
} from '../control/index.ts';
import { listClients, listPlaces, nameOfPhase, type Place, type Places, placesOf } from '../cutover/index.ts';
import type { Side } from '../live/index.ts';
import type { Clock } from '../std/index.ts';
import { lockName } from './drive.ts';
import type { WaitedFor } from './events.ts';
import type { Goal } from './goal.ts';
import type { Step } from './next-step.ts';
import { retiredPlace, retiredSide } from './retired-place.ts';
import { FIRST_SETTINGS, findSettings, type Settings } from './settings.ts';
import { findStands, type Stands } from './stands.ts';
import type { Hold, State, TaskKind } from './state.ts';
import { type Counts, findTask, listShards, sum } from './task.ts';

export interface StatusContext {
  readonly control: ControlStore;
  readonly clock: Clock;
  readonly probe: ProcessProbe;
}

interface ClientStatus extends WaitedFor {
  readonly acknowledged: number | null;
  readonly state: Liveliness;
}

/** The table that was given up, as it is now. */
interface RetiredTable extends Pick<Place, 'url' | 'table'> {
  readonly side: Side;
  readonly renamed: boolean;
  /** Why it has its own name still, although somebody wanted it to get another one. */
  readonly why: string | null;
  /** Its rows were deleted. */
  readonly wiped: boolean;
}

/**
 * `silent`: it should have been heard from by now, if the clocks are right. Who drives takes it for dead when it has itself
 * not heard from it for a whole lease, and waits for it until then.
 */
type Liveliness = 'alive' | 'silent' | 'dead';

/** Where a migration stands: all that the control store knows, at about one moment. */
export interface MigrationStatus {
  readonly name: string;
  readonly source: Pick<Place, 'url' | 'table'>;
  readonly target: Pick<Place, 'url' | 'table'>;
  readonly stage: Stage;
  readonly phase: { readonly number: number; readonly name: string; readonly settled: boolean };
  readonly plan: number;
  readonly goal: Goal;
  /** What comes next, or is under way; null if there is nothing to do. */
  readonly next: string | null;
  readonly hold: Hold | null;
  /** Null as long as it is not over. */
  readonly retired: RetiredTable | null;
  readonly settings: Settings;
  /** Who drives it; null if nobody does. */
  readonly driver: {
    readonly label: string;
    readonly pid: number;
    readonly host: string;
    readonly state: Liveliness;
  } | null;
  readonly clients: readonly ClientStatus[];
  readonly task: {
    readonly kind: TaskKind;
    readonly shards: number;
    readonly shardsDone: number;
    readonly workers: number;
    readonly totalRows: number | null;
    readonly counts: Counts;
  } | null;
  readonly createdAtMs: number;
  readonly journal: readonly JournalEntry[];
}

/** The words of the guide for where a migration stands. */
export type Stage =
  | 'created'
  | 'managed'
  | 'copying'
  | 'validated'
  | 'target only'
  | 'finalized'
  | 'turning back'
  | 'turned back'
  /** Some partitions go back, or went; the others are where they were. */
  | 'turning back in part'
  | 'turned back in part'
  | 'aborted';

const JOURNAL_SHOWN = 20;

export async function listMigrations(context: StatusContext): Promise<readonly MigrationStatus[]> {
  const all = await listPlaces(context.control);
  return Promise.all(all.map(({ value }) => statusOf(context, value)));
}

/** Throws `LIVE_UNKNOWN`. */
export async function migrationStatus(context: StatusContext, name: string): Promise<MigrationStatus> {
  return statusOf(context, await placesOf(context.control, name));
}

async function statusOf(context: StatusContext, places: Places): Promise<MigrationStatus> {
  const { control } = context;
  const { name, source, target, createdAtMs } = places;
  const stands = await findStands(control, name);
  const { step } = stands;
  const [goal, state, phase] = [stands.goal.value, stands.state.value, stands.phase.value];
  return {
    name,
    source: { url: source.url, table: source.table },
    target: { url: target.url, table: target.table },
    stage: stageOf(stands),
    phase: { number: phase.number, name: nameOfPhase(phase.phase), settled: phase.settled },
    plan: state.plan,
    goal,
    next: describe(step),
    hold: state.hold,
    retired: retiredOf(places, state),
    settings: (await findSettings(control, name))?.value ?? FIRST_SETTINGS,
    driver: await driverOf(context, name),
    clients: await clientsOf(context, name),
    task: await taskOf(context, name, step),
    createdAtMs,
    journal: (await control.journal(0, `live/${name}`)).slice(-JOURNAL_SHOWN),
  };
}

function stageOf({ state, phase: { value }, step }: Stands): Stage {
  const { ended, course, done } = state.value;
  const { phase } = value;
  if (ended) return ended === 'target' ? 'finalized' : 'aborted';
  if (phase.kind === 'alone' && phase.side === 'target') return 'target only';
  if (!course) return 'created';
  if (course.side === 'source') return stageBack(course, step);
  if (phase.kind === 'alone') return 'created';
  if (done.includes('validate') && !course.range) return 'validated';
  return step.kind === 'task' || done.length > 0 || phase.born === 'target' ? 'copying' : 'managed';
}

function stageBack({ range }: NonNullable<State['course']>, { kind }: Step): Stage {
  if (kind === 'reached') return range ? 'turned back in part' : 'turned back';
  return range ? 'turning back in part' : 'turning back';
}

function retiredOf(places: Places, state: State): RetiredTable | null {
  const side = retiredSide(state);
  if (!side) return null;
  const { url, table } = retiredPlace(places, side, state);
  const { retired, wiped } = state;
  const why = retired?.kind === 'kept' ? retired.why : null;
  return { side, url, table, renamed: retired?.kind === 'renamed', why, wiped };
}

function describe(step: Step): string | null {
  switch (step.kind) {
    case 'reached':
      return null;
    case 'settle':
      return 'waiting until all clients are in the phase';
    case 'turn':
      return `setting out for the ${step.course.side}`;
    case 'push':
      return `phase: ${nameOfPhase(step.phase)}`;
    case 'task':
      return step.task;
    case 'end':
      return 'the end';
    case 'rename':
      return 'renaming the retired table';
  }
}

async function driverOf(context: StatusContext, name: string): Promise<MigrationStatus['driver']> {
  const { control } = context;
  const lock = await control.get(lockName(name));
  const id = (lock?.value as { readonly session?: string } | undefined)?.session;
  const session = id ? await control.session(id) : undefined;
  const state = livelinessOf(context, session);
  if (!session || state === 'dead') return null;
  const { label, pid, host } = session.owner;
  return { label, pid, host, state };
}

async function clientsOf(context: StatusContext, name: string): Promise<readonly ClientStatus[]> {
  const detector = new FailureDetector(context);
  return (await listClients({ ...context, detector }, name)).map(({ value, lease }) => ({
    label: value.label,
    pid: value.pid,
    host: value.host,
    group: value.group,
    leaseUntilMs: lease?.leaseUntilMs ?? null,
    acknowledged: value.acknowledged,
    state: livelinessOf(context, lease),
  }));
}

/** As far as one look can tell. */
function livelinessOf(context: StatusContext, session: Session | undefined): Liveliness {
  if (!session || new FailureDetector(context).isDead(session)) return 'dead';
  return isSilent(session, context.clock) ? 'silent' : 'alive';
}

async function taskOf(
  { control }: StatusContext,
  name: string,
  step: Step,
): Promise<MigrationStatus['task']> {
  const found = await findTask(control, name);
  if (!found || step.kind !== 'task') return null;
  const shards = (await listShards(control, name, found.value)).map(({ value }) => value);
  if (shards.length === 0) return null;
  return {
    kind: found.value.kind,
    shards: shards.length,
    shardsDone: shards.filter(({ done }) => done).length,
    workers: new Set(
      shards.filter(({ done, session }) => !done && session !== null).map(({ session }) => session),
    ).size,
    totalRows: found.value.rows,
    counts: sum(shards),
  };
}
