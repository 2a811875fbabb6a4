import type { Properties, Row } from './table.ts';

/** The row of a partition of the source that says who is written: the source (populated) or the target (switched). */
export const META = '$meta';
/** Is there exactly while the partition is populated: a batch that touches it fails once it is switched. */
export const ASSERTION = '$populated';

/** In order. */
export const RESERVED_ROWS: readonly string[] = [META, ASSERTION];

export const POPULATED: Properties = { state: 'populated' };
export const SWITCHED: Properties = { state: 'switched' };

/** Rows that the protocol writes to the target carry this mark; where it is true, the row is a tombstone. */
const MARK = '$deleted';

export const TOMBSTONE: Properties = { [MARK]: true };

export function marked(properties: Properties): Properties {
  return { ...properties, [MARK]: false };
}

export function isMarked({ properties }: Row): boolean {
  return MARK in properties;
}

export function isTombstone({ properties }: Row): boolean {
  return properties[MARK] === true;
}

export function isReserved({ row }: Row): boolean {
  return RESERVED_ROWS.includes(row);
}

export function isSwitched(meta: Row | undefined): boolean {
  return meta?.properties['state'] === SWITCHED['state'];
}

/** The row as an application may see it; undefined if it may not see it at all. */
export function visible(row: Row): Row | undefined {
  if (isReserved(row) || isTombstone(row)) return undefined;
  return isMarked(row) ? { ...row, properties: unmarked(row.properties) } : row;
}

export function unmarked(properties: Properties): Properties {
  const { [MARK]: _, ...rest } = properties;
  return rest;
}
