import type { ControlStore } from '../control/index.ts';
import {
  type Check,
  documentName,
  either,
  type Found,
  isCount,
  isFlag,
  isText,
  like,
  listOf,
  need,
  oneOf,
  orNull,
  type Shape,
  write,
} from '../cutover/index.ts';
import type { PartitionRange, Side } from '../live/index.ts';
import { RANGE, SIDE } from './goal.ts';

/** What is done to every partition, one after the other. */
export type TaskKind =
  /** Marks it with the plan, so that workers of older ones leave it alone. */
  | 'stamp'
  /** Gives it to the side, with all its rows. */
  | 'bring'
  /** Compares it with the side that it came from. */
  | 'validate'
  /** Completes what was born while clients went over to using the side as it is. */
  | 'gather'
  /** Ends its migration, for good. */
  | 'retire'
  /** Takes out of its rows what the migration left in them, and what an aborted one copied elsewhere. */
  | 'strip'
  /** Takes its meta away. */
  | 'forget'
  /** Wipes what is left of it on the side that was retired. */
  | 'wipe';

/** Which way it goes: a change of it is a new plan. */
export interface Course {
  readonly side: Side;
  readonly range: PartitionRange | null;
}

/** Why nobody goes on before somebody has said so. */
export interface Hold {
  /** The revision of the goal that could not be reached. */
  readonly goal: number;
  readonly code: 'LIVE_DIFFERENT' | 'LIVE_TROUBLE';
  readonly message: string;
}

/** What has become of the name of the table that was retired. */
export type RetiredName =
  /** It gets this name, or has it already: written down before it is done. */
  | { readonly kind: 'renaming' | 'renamed'; readonly table: string }
  /** It has the name that it had. Whoever says the goal again has that tried again. */
  | { readonly kind: 'kept'; readonly why: string; readonly goal: number };

/** How far a migration has come: written by whoever drives it, and by nobody else. */
export interface State {
  /** Counts courses; 0 before the first. */
  readonly plan: number;
  readonly course: Course | null;
  /** What was done to all partitions of this course. */
  readonly done: readonly TaskKind[];
  /** The side that clients have used as it is since it last got its partitions: it cannot be validated any more. */
  readonly usedAlone: Side | null;
  /** The side that partitions are given to for good: from the first of them on there is no other goal. */
  readonly ending: Side | null;
  readonly ended: Side | null;
  /** Null if nobody has wanted the retired table to be renamed. */
  readonly retired: RetiredName | null;
  readonly wiped: boolean;
  readonly hold: Hold | null;
  /** The last task that is done: tasks count from 1. */
  readonly tasks: number;
}

export const FIRST_STATE: State = {
  plan: 0,
  course: null,
  done: [],
  usedAlone: null,
  ending: null,
  ended: null,
  retired: null,
  wiped: false,
  hold: null,
  tasks: 0,
};

const TASKS: Readonly<Record<TaskKind, true>> = {
  stamp: true,
  bring: true,
  validate: true,
  gather: true,
  retire: true,
  strip: true,
  forget: true,
  wipe: true,
};
export const TASK_KIND: Check = oneOf(...Object.keys(TASKS));
const STATE: Shape<State> = {
  plan: isCount,
  course: orNull(like<Course>({ side: SIDE, range: RANGE })),
  done: listOf(TASK_KIND),
  usedAlone: orNull(SIDE),
  ending: orNull(SIDE),
  ended: orNull(SIDE),
  retired: orNull(
    either(
      like({ kind: oneOf('renaming', 'renamed'), table: isText }),
      like({ kind: oneOf('kept'), why: isText, goal: isCount }),
    ),
  ),
  wiped: isFlag,
  hold: orNull(like<Hold>({ goal: isCount, code: oneOf('LIVE_DIFFERENT', 'LIVE_TROUBLE'), message: isText })),
  tasks: isCount,
};

function stateName(migration: string): string {
  return documentName(migration, 'state');
}

export function findState(control: ControlStore, migration: string): Promise<Found<State>> {
  return need(control, stateName(migration), STATE);
}

export function writeState(
  control: ControlStore,
  migration: string,
  state: State,
  expected: number | undefined,
): Promise<Found<State>> {
  return write(control, stateName(migration), state, expected);
}
