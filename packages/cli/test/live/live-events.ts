import type { LiveEvent } from 'changeover/coordinator';
import type { LiveProgress } from '../../src/live/live-view.ts';

export const taskStarted: LiveEvent = { event: 'taskStarted', task: 'bring', counts: countsOf(0) };
export const taskFinished: LiveEvent = { event: 'taskFinished', task: 'bring', counts: countsOf(1000) };
export const phaseBegun: LiveEvent = { event: 'phase', number: 3, phase: 'target only', state: 'begun' };

export function progress(rows: number, more: Partial<LiveProgress> = {}): LiveProgress {
  return {
    event: 'progress',
    task: 'bring',
    shards: 4,
    shardsDone: 1,
    partitions: 2,
    rows,
    totalRows: 1000,
    rowsPerSecond: 0,
    etaSeconds: null,
    finished: false,
    ...more,
  };
}

function countsOf(copied: number) {
  return { partitions: 4, copied, compared: 0, equal: 0, superseded: 0, pending: 0, differences: 0 };
}
