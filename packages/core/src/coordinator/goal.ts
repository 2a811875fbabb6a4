import type { ControlStore } from '../control/index.ts';
import {
  documentName,
  type Found,
  isText,
  like,
  need,
  oneOf,
  optional,
  orNull,
  type Shape,
  write,
} from '../cutover/index.ts';
import type { PartitionRange, Side } from '../live/index.ts';

/** How far a migration goes towards a side: every step takes in those before it. */
export type Until =
  /** Clients ask each partition where it is; nothing has moved. */
  | 'managed'
  /** The side owns every partition, and has all rows of it, which was validated. */
  | 'complete'
  /** Clients use the side as it is; it can still be left again. */
  | 'alone'
  /** Nothing of the migration is left on the side, and there is no way back. */
  | 'clean';

/** What becomes of the table of the side that is given up, once it is over: each takes in the one before it. */
export type Retirement =
  /** It stays as it is. */
  | 'kept'
  /** It gets another name, so that whoever still uses it hears that it is not there. */
  | 'renamed'
  /** Its rows are deleted. */
  | 'wiped';

/** What somebody wants of a migration. Whoever drives it brings it there, and looks whether the goal has changed. */
export interface Goal {
  readonly side: Side;
  readonly until: Until;
  /** Only these partitions; all of them if null. No further than *complete* then. */
  readonly range: PartitionRange | null;
  readonly retired: Retirement;
}

export const SIDE = oneOf('source', 'target');
export const RANGE = orNull(like<PartitionRange>({ from: optional(isText), through: optional(isText) }));
const GOAL: Shape<Goal> = {
  side: SIDE,
  until: oneOf('managed', 'complete', 'alone', 'clean'),
  range: RANGE,
  retired: oneOf('kept', 'renamed', 'wiped'),
};

function goalName(migration: string): string {
  return documentName(migration, 'goal');
}

export function findGoal(control: ControlStore, migration: string): Promise<Found<Goal>> {
  return need(control, goalName(migration), GOAL);
}

export function writeGoal(
  control: ControlStore,
  migration: string,
  goal: Goal,
  expected: number | undefined,
): Promise<Found<Goal>> {
  return write(control, goalName(migration), goal, expected);
}

export function isSameRange(one: PartitionRange | null, other: PartitionRange | null): boolean {
  return one?.from === other?.from && one?.through === other?.through;
}
