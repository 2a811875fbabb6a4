export { AbstractTable, problemWithin, project } from './abstract-table.ts';
export { comparableTokens } from './change-token.ts';
export { compareValues } from './compare-values.ts';
export { EncodedRow, encodedProperties, roughBytes } from './encoded-row.ts';
export { decodeProperties, encodeProperties } from './encoding.ts';
export { refusal, TableError, type TableErrorCode } from './errors.ts';
export { type Fault, type FaultScript, FaultyTable, type TableOperation } from './faulty-table.ts';
export {
  checkEpoch,
  checkFence,
  epochOf,
  FENCE_TABLE,
  fenceKey,
  fenceProperties,
  raisingWrite,
} from './fence.ts';
export {
  type Comparison,
  type ComparisonOperator,
  checkFilter,
  type Filter,
  type FilterSubject,
  propertiesOf,
} from './filter.ts';
export { matchesFilter } from './filter-match.ts';
export { parseFilter } from './filter-parse.ts';
export { printFilter } from './filter-print.ts';
export {
  checkKeyText,
  compareKeys,
  compareText,
  formatKey,
  isWellFormed,
  keyOf,
  type RowKey,
  sameKey,
} from './key.ts';
export type { Column, Manifest } from './manifest.ts';
export { MemoryPlace } from './memory-place.ts';
export { MemoryStore, type MemoryStoreOptions } from './memory-store.ts';
export { MemoryTable } from './memory-table.ts';
export { RangeHasher, sameHash } from './range-hash.ts';
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
  type Properties,
  problemOfValue,
  propertyOf,
  sameProperties,
  sameValue,
  VALUE_TYPES,
  type Value,
  type ValueType,
} from './value.ts';
export { type ValueJson, valueFromJson, valueToJson } from './value-json.ts';
export { hasProperties, isChange } from './write-kinds.ts';
