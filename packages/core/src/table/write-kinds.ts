import type { Change, RowData, Write } from './table.ts';

/** Whether a write changes its row; else it only checks it. */
export function isChange(write: Write): write is Change {
  return write.kind !== 'check';
}

/** Whether a write brings properties, and gives its row a version. A delete and a check have no use for any. */
export function hasProperties(write: Write): write is Extract<Write, RowData> {
  return write.kind !== 'delete' && write.kind !== 'check';
}
