export { AbstractTable, project } from './abstract-table.ts';
export { EncodedRow, encodedProperties, roughBytes } from './encoded-row.ts';
export { decodeProperties, encodeProperties } from './encoding.ts';
export { refusal, TableError, type TableErrorCode } from './errors.ts';
export { type ComparisonOperator, type Filter, type FilterSubject, propertiesOf } from './filter.ts';
export { checkKeyText, compareKeys, compareText, formatKey, isWellFormed, keyOf, type RowKey, sameKey } from './key.ts';
export type { Column, Manifest } from './manifest.ts';
export {
  isReservedProperty,
  isReservedRow,
  isReservedTable,
  RESERVED_PROPERTY_PREFIX,
  RESERVED_ROW_PREFIX,
  RESERVED_TABLE_PREFIX,
} from './reserved.ts';
export { propertiesBytes, rowBytes, textBytes } from './size.ts';
export type * from './table.ts';
export {
  formatValue,
  isCanonicalDatetime,
  problemOfValue,
  type Properties,
  propertyOf,
  sameProperties,
  sameValue,
  VALUE_TYPES,
  type Value,
  type ValueType,
} from './value.ts';
export { type ValueJson, valueToJson } from './value-json.ts';
