import {
  isReservedProperty,
  isReservedRow,
  type Problem,
  propertyOf,
  type RowData,
  type RowKey,
  type Write,
} from 'changeover/table';
import { decodeKey, type KeyValue } from '../layout/index.ts';
import { problemOfStoring } from './postgres-mapped-codec.ts';
import type { MappedSchema } from './postgres-mapped-schema.ts';

/** Why the columns could not hold a row exactly as it is. What is reserved does not lie in columns, and is let pass. */
export function problemOfMappedRow(schema: MappedSchema, row: RowData): Problem | undefined {
  if (isReservedRow(row.rowKey)) return undefined;
  const { properties: columns, table } = schema;
  if (!keyValues(schema, row)) {
    const names = schema.keyColumns.map(({ name }) => name).join(', ');
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

const BITS: Readonly<Record<string, number>> = { smallint: 16, integer: 32, bigint: 64 };

/** The values of the key columns of a row, or undefined if no row can have this key. */
export function keyValues(
  { key, keyColumns }: MappedSchema,
  rowKey: RowKey,
): readonly KeyValue[] | undefined {
  const values = decodeKey(key, rowKey);
  const holds = values?.every((value, index) => {
    if (typeof value === 'string') return !value.includes('\0');
    return BigInt.asIntN(BITS[keyColumns[index]?.cast ?? ''] ?? 64, value) === value;
  });
  return holds ? values : undefined;
}
