import {
  decodeProperties,
  encodeProperties,
  hasProperties,
  isChange,
  isReservedProperty,
  isReservedRow,
  type Properties,
  RESERVED_PROPERTY_PREFIX,
  type Row,
  type Write,
} from 'changeover/table';

/** How an encoded text begins to spell the name of a reserved property. A string value may contain it too. */
export const RESERVED_MARK = `"${RESERVED_PROPERTY_PREFIX}`;

/** The encoded properties of a row as a handle sees them. */
export function visibleEncoding(encoded: string, seesReserved: boolean): string {
  if (seesReserved || !encoded.includes(RESERVED_MARK)) return encoded;
  return encodeProperties(withoutReserved(decodeProperties(encoded)));
}

/** A row that may be spread, with the properties decoded. */
export function plainRow({ partitionKey, rowKey, version, properties }: Row): Row {
  return { partitionKey, rowKey, version, properties };
}

/** The name of the first reserved property, if there is one. */
export function reservedPropertyOf(properties: Properties): string | undefined {
  return Object.keys(properties).find(isReservedProperty);
}

export function writesReservedProperty(write: Write): boolean {
  return hasProperties(write) && reservedPropertyOf(write.properties) !== undefined;
}

/** Whether a write changes what is reserved: a reserved row, or a reserved property of another. */
export function writesReserved(write: Write): boolean {
  return (isReservedRow(write.rowKey) && isChange(write)) || writesReservedProperty(write);
}

function withoutReserved(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !isReservedProperty(name)));
}
