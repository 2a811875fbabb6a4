import type { ControlStore } from '../control/index.ts';
import {
  documentName,
  type Found,
  find,
  isCount,
  isFlag,
  isNumber,
  isText,
  like,
  listOf,
  orNull,
  read,
  remove,
  type Shape,
  write,
} from '../cutover/index.ts';
import type { Difference, PartitionRange, Side, ValidateCounts } from '../live/index.ts';
import { RANGE, SIDE } from './goal.ts';
import { TASK_KIND, type TaskKind } from './state.ts';

/** Work on all partitions, cut into shards that any worker may take. */
export interface Task {
  /** Counts the tasks of a migration. */
  readonly number: number;
  /** The session of who cut it, so that what two cut at the same time, one of them late, stays apart. */
  readonly cutBy: string;
  readonly kind: TaskKind;
  readonly side: Side;
  readonly plan: number;
  readonly born: Side;
  /** The phase that it belongs to: with the next one, who still works on it is kept out. */
  readonly phase: number;
  readonly range: PartitionRange | null;
  readonly shards: number;
  /** About how many rows the table has; null if its store cannot tell. */
  readonly rows: number | null;
  readonly beganAtMs: number;
}

/** Partitions behind `after`, up to and with `through`; null is the table's own end. */
export interface ShardRange {
  readonly after: string | null;
  readonly through: string | null;
}

export interface Counts extends ValidateCounts {
  readonly partitions: number;
  /** Rows that were read to be copied. */
  readonly copied: number;
  readonly differences: number;
}

export const NOTHING: Counts = {
  partitions: 0,
  copied: 0,
  compared: 0,
  equal: 0,
  superseded: 0,
  pending: 0,
  differences: 0,
};

/** One worker's part of a task. It is taken by writing one's session into it, and given up by dying. */
export interface Shard extends ShardRange {
  readonly task: number;
  readonly cutBy: string;
  readonly number: number;
  /** Who works on it, or did last; null if nobody has. */
  readonly session: string | null;
  readonly done: boolean;
  /** The last partition that is done: whoever takes the shard over goes on behind it. */
  readonly cursor: string | null;
  readonly counts: Counts;
  /** The first of the differences that were found. */
  readonly examples: readonly Difference[];
}

const TASK: Shape<Task> = {
  number: isCount,
  cutBy: isText,
  kind: TASK_KIND,
  side: SIDE,
  plan: isCount,
  born: SIDE,
  phase: isCount,
  range: RANGE,
  shards: isCount,
  rows: orNull(isCount),
  beganAtMs: isNumber,
};
const COUNTS: Shape<Counts> = {
  partitions: isCount,
  copied: isCount,
  compared: isCount,
  equal: isCount,
  superseded: isCount,
  pending: isCount,
  differences: isCount,
};
const SHARD: Shape<Shard> = {
  after: orNull(isText),
  through: orNull(isText),
  task: isCount,
  cutBy: isText,
  number: isCount,
  session: orNull(isText),
  done: isFlag,
  cursor: orNull(isText),
  counts: like(COUNTS),
  examples: listOf(like({})),
};

export function taskName(migration: string): string {
  return documentName(migration, 'task');
}

export function findTask(control: ControlStore, migration: string): Promise<Found<Task> | undefined> {
  return find(control, taskName(migration), TASK);
}

function shardPrefix(migration: string, task: number, cutBy: string): string {
  return `${documentName(migration, 'shards', String(task), cutBy)}/`;
}

export function writeShard(
  control: ControlStore,
  migration: string,
  shard: Shard,
  expected: number | undefined,
): Promise<Found<Shard>> {
  const { task, cutBy, number } = shard;
  const name = shardPrefix(migration, task, cutBy) + String(number).padStart(5, '0');
  return write(control, name, shard, expected);
}

export async function listShards(
  control: ControlStore,
  migration: string,
  { number, cutBy }: Pick<Task, 'number' | 'cutBy'>,
): Promise<readonly Found<Shard>[]> {
  const documents = await control.list(shardPrefix(migration, number, cutBy));
  return documents.map((document) => read(document, SHARD));
}

/**
 * Forgets the shards of all tasks before the last, and those that were cut for the last by somebody who was late. Those of
 * the last one itself stay: only their counts tell what it found.
 */
export async function removeOldShards(
  control: ControlStore,
  migration: string,
  last: Pick<Task, 'number' | 'cutBy'>,
): Promise<void> {
  for (const document of await control.list(`${documentName(migration, 'shards')}/`)) {
    const { task, cutBy } = read(document, SHARD).value;
    if (task < last.number || (task === last.number && cutBy !== last.cutBy)) {
      await remove(control, document.name);
    }
  }
}

export function sum(shards: readonly Pick<Shard, 'counts'>[]): Counts {
  return shards.reduce((total, { counts }) => plus(total, counts), NOTHING);
}

export function plus(one: Counts, other: Partial<Counts>): Counts {
  const names = Object.keys(one) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, one[name] + (other[name] ?? 0)])) as unknown as Counts;
}
