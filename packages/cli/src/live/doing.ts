import type { LiveProgress } from './live-view.ts';

type TaskKind = LiveProgress['task'];

/** What a task is doing, for people. */
export const DOING: Readonly<Record<TaskKind, string>> = {
  stamp: 'telling all partitions that the way has changed',
  bring: 'bringing partitions',
  validate: 'comparing',
  gather: 'bringing what came last',
  retire: 'giving partitions up',
  strip: 'taking out of the rows what the migration left in them',
  forget: 'forgetting the partitions',
  wipe: 'wiping the retired rows',
};

/** Whether a task is about rows; the others only touch partitions. */
export function movesRows(task: TaskKind): boolean {
  return task === 'bring' || task === 'gather' || task === 'validate';
}
