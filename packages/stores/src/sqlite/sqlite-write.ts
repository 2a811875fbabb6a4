import {
  decodeProperties,
  encodeProperties,
  formatKey,
  hasProperties,
  keyOf,
  refusal,
  type Write,
} from 'changeover/table';
import type { SqliteRows } from './sqlite-rows.ts';

/**
 * Applies one write of a batch, inside its transaction. Returns whether it gave the row the version `version`.
 *
 * Throws `TABLE_ROW_EXISTS`, `TABLE_ROW_ABSENT` or `TABLE_VERSION_MISMATCH`; whoever catches it rolls back.
 */
export function applyWrite(rows: SqliteRows, write: Write, index: number, version: number): boolean {
  const current = rows.get(write);
  checkCondition(write, index, current && String(current[2]));
  if (!hasProperties(write)) {
    if (current && write.kind === 'delete') rows.delete(write);
    return false;
  }
  const merges = current && (write.kind === 'merge' || write.kind === 'upsertMerge');
  const properties = merges ? { ...decodeProperties(current[3]), ...write.properties } : write.properties;
  rows.put([{ ...keyOf(write), encoded: encodeProperties(properties) }], version);
  return true;
}

export function checkCondition(write: Write, index: number, current: string | undefined): void {
  const details = { index, key: keyOf(write) };
  const subject = `write ${index}: row ${formatKey(write)}`;
  if (write.kind === 'insert' && current !== undefined) {
    throw refusal('TABLE_ROW_EXISTS', `${subject} exists`, details);
  }
  const condition = 'condition' in write ? write.condition : undefined;
  if (condition === undefined) return;
  if (current === undefined) throw refusal('TABLE_ROW_ABSENT', `${subject} does not exist`, details);
  if (condition !== '*' && condition !== current) {
    throw refusal('TABLE_VERSION_MISMATCH', `${subject} has another version`, details);
  }
}
