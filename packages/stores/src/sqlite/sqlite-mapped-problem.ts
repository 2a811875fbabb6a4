import {
  isReservedProperty,
  isReservedRow,
  type Problem,
  propertyOf,
  type RowData,
  type Write,
} from 'changeover/table';
import { decodeKey } from '../layout/index.ts';
import { problemOfStoring } from './sqlite-mapped-codec.ts';
import type { MappedSchema } from './sqlite-mapped-schema.ts';

/** Why the columns could not hold a row exactly as it is. What is reserved does not lie in columns, and is let pass. */
export function problemOfMappedRow(
  { key, properties: columns, table }: MappedSchema,
  row: RowData,
): Problem | undefined {
  if (isReservedRow(row.rowKey)) return undefined;
  if (!decodeKey(key, row)) {
    const names = [...key.partition, ...key.row].map(({ name }) => name).join(', ');
    return { property: undefined, reason: `has a key that the columns (${names}) cannot hold` };
  }
  for (const property of Object.keys(row.properties)) {
    if (isReservedProperty(property)) continue;
    const column = columns.find(({ name }) => name === property);
    const value = propertyOf(row.properties, property);
    const reason = column ? value && problemOfStoring(column, value) : `has no column in table ${table}`;
    if (reason !== undefined) return { property, reason };
  }
  if (isMerge(row)) return undefined;
  const missing = columns.find(({ name, required }) => required && !propertyOf(row.properties, name));
  return missing && { property: missing.name, reason: 'is absent, but its column is NOT NULL' };
}

/** Whether a row is one to merge into what is there: it need not have all that the columns require. */
export function isMerge(row: RowData | Write): boolean {
  return 'kind' in row && (row.kind === 'merge' || row.kind === 'upsertMerge');
}
