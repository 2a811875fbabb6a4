/** A moment of a move, as `interrupting.js` can tell it from all others. */
export interface Moment {
  readonly title: string;
  readonly step: 'copy' | 'validate' | 'repair';
  readonly moment: 'started' | 'committing' | 'committed' | 'all done';
  /** With `committing` and `committed`: which write of the step, and to which file. */
  readonly nth?: number;
  readonly file?: 'target.db' | 'control.db';
}

export const MOMENTS: readonly Moment[] = [
  { title: 'after setup', step: 'copy', moment: 'started' },
  // The first write of a copy takes the shards over; the others are batches.
  { title: 'in the middle of a shard', step: 'copy', moment: 'committed', nth: 7, file: 'target.db' },
  {
    title: 'with a batch written but not yet committed with its checkpoint',
    step: 'copy',
    moment: 'committing',
    nth: 7,
    file: 'target.db',
  },
  { title: 'after the last shard, before the copy counts as done', step: 'copy', moment: 'all done' },
  // The write that begins it: what it finds is kept twice a second, which one so small never comes to.
  { title: 'in validate', step: 'validate', moment: 'committed', nth: 1, file: 'control.db' },
  // The first write takes the repair over, the second mends a batch.
  { title: 'in repair', step: 'repair', moment: 'committed', nth: 2, file: 'target.db' },
];
