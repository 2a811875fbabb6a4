import type { Goal } from 'changeover/coordinator';

export const PARTITIONS = ['a', 'b'];

export interface Way {
  readonly title: string;
  /** How it came to where the way begins. */
  readonly before: readonly Partial<Goal>[];
  readonly goal: Partial<Goal>;
}

/** Each way that a migration can go. */
export const WAYS: readonly Way[] = [
  { title: 'forward, until the target is used alone', before: [], goal: { until: 'alone' } },
  {
    title: 'to the end, the source renamed and wiped',
    before: [{ until: 'alone' }],
    goal: { until: 'clean', retired: 'wiped' },
  },
  {
    title: 'to the end for long, and then the source renamed',
    before: [{ until: 'clean' }],
    goal: { until: 'clean', retired: 'renamed' },
  },
  {
    title: 'to the end and renamed for long, and then the source wiped',
    before: [{ until: 'clean', retired: 'renamed' }],
    goal: { until: 'clean', retired: 'wiped' },
  },
  {
    title: 'back, before anything was switched',
    before: [{ until: 'complete' }],
    goal: { side: 'source', until: 'complete' },
  },
  {
    title: 'back from the target',
    before: [{ until: 'alone' }],
    goal: { side: 'source', until: 'complete' },
  },
  {
    title: 'back for a part of it',
    before: [{ until: 'complete' }],
    goal: { side: 'source', until: 'complete', range: { from: 'b', through: 'b' } },
  },
  {
    title: 'given up',
    before: [{ until: 'complete' }],
    goal: { side: 'source', until: 'clean' },
  },
];
