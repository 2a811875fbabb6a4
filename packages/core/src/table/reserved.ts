/**
 * The names that carry Changeover's own metadata. They are fixed: data on disk uses them.
 *
 * A reserved row is one whose row key has the prefix; it lives in the partition that it speaks of, so that a batch can
 * touch it and the user's rows together. A reserved property is one of a user's row. A reserved table is a whole table
 * of ours in a store. None is visible to an application; a table opened with `reserved: true` sees all.
 */
export const RESERVED_ROW_PREFIX = '_changeover.';
export const RESERVED_PROPERTY_PREFIX = '_changeover_';
export const RESERVED_TABLE_PREFIX = '_changeover_';

export function isReservedRow(rowKey: string): boolean {
  return rowKey.startsWith(RESERVED_ROW_PREFIX);
}

export function isReservedProperty(name: string): boolean {
  return name.startsWith(RESERVED_PROPERTY_PREFIX);
}

/** Ignores case, as some stores do in table names. */
export function isReservedTable(name: string): boolean {
  return name.toLowerCase().startsWith(RESERVED_TABLE_PREFIX);
}
