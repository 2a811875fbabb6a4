import {
  EncodedRow,
  encodeProperties,
  isReservedProperty,
  type Properties,
  RESERVED_PROPERTY_PREFIX,
  type Row,
} from 'changeover/table';
import type { StoredRow } from './sqlite-rows.ts';

/** How an encoded text begins to spell the name of a reserved property. A string value may contain it too. */
export const RESERVED_MARK = `"${RESERVED_PROPERTY_PREFIX}`;

/** The row as a handle sees it; one that does not see what is reserved gets it without its reserved properties. */
export function viewRow(
  [partitionKey, rowKey, version, encoded]: StoredRow,
  seesReserved: boolean,
): EncodedRow {
  const row = new EncodedRow(partitionKey, rowKey, String(version), encoded);
  if (seesReserved || !encoded.includes(RESERVED_MARK)) return row;
  return new EncodedRow(partitionKey, rowKey, row.version, encodeProperties(withoutReserved(row.properties)));
}

/** A row that may be spread, with the properties decoded. */
export function plainRow({ partitionKey, rowKey, version, properties }: Row): Row {
  return { partitionKey, rowKey, version, properties };
}

/** The name of the first reserved property, if there is one. */
export function reservedPropertyOf(properties: Properties): string | undefined {
  return Object.keys(properties).find(isReservedProperty);
}

function withoutReserved(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !isReservedProperty(name)));
}
