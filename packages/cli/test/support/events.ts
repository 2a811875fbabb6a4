import type { MoveEvent } from 'changeover/move';
import type { ProgressEvent } from '../../src/output/progress-view.ts';

export const started: MoveEvent = {
  event: 'started',
  job: 'j1',
  steps: ['setup', 'copy', 'validate'],
  resumed: false,
  tables: [
    { source: 'orders', target: 'orders' },
    { source: 'places', target: 'places' },
  ],
};

export const copyStarted: MoveEvent = { event: 'stepStarted', job: 'j1', step: 'copy' };
export const copyFinished: MoveEvent = { event: 'stepFinished', job: 'j1', step: 'copy' };

export function copied(table: string, rows: number, more: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    event: 'progress',
    job: 'j1',
    step: 'copy',
    table,
    rows,
    bytes: rows * 10,
    totalRows: 1000,
    etaSeconds: null,
    rowsPerSecond: 0,
    finished: false,
    ...more,
  };
}
