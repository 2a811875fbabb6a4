export { EVERYTHING, type KeyRange, keyAfter, rangeOfPartition, rangeOfScan } from './key-range.ts';
export {
  formatMappedConfig,
  type MappedConfig,
  type MappedParameters,
  mappingInvalid,
  parseMappedConfig,
} from './mapped-config.ts';
export {
  decodeKey,
  encodeKey,
  type KeyColumn,
  type KeyColumns,
  type KeyPlace,
  type KeyValue,
  placeOfKey,
  placeOfText,
} from './mapped-key.ts';
export { namedKeys } from './named-keys.ts';
export {
  plainRow,
  RESERVED_MARK,
  reservedPropertyOf,
  visibleEncoding,
  writesReserved,
  writesReservedProperty,
} from './reserved-view.ts';
