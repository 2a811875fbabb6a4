import { EncodedRow } from 'changeover/table';
import { visibleEncoding } from '../layout/index.ts';
import type { StoredRow } from './sqlite-rows.ts';

/** The row as a handle sees it; one that does not see what is reserved gets it without its reserved properties. */
export function viewRow(
  [partitionKey, rowKey, version, encoded]: StoredRow,
  seesReserved: boolean,
): EncodedRow {
  return new EncodedRow(partitionKey, rowKey, String(version), visibleEncoding(encoded, seesReserved));
}
