import type { LiveProgress } from './live-view.ts';

export type TaskKind = LiveProgress['task'];

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
