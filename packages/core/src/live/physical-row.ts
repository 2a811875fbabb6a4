import {
  isReservedProperty,
  type Properties,
  propertyOf,
  RESERVED_PROPERTY_PREFIX,
  type Row,
  type RowKey,
  TableError,
  type Version,
} from '../table/index.ts';
import type { Side } from './side.ts';

const TAG = `${RESERVED_PROPERTY_PREFIX}tag`;
const ORIGIN = `${RESERVED_PROPERTY_PREFIX}origin`;
const TOMBSTONE = `${RESERVED_PROPERTY_PREFIX}tombstone`;
const OPERATION = `${RESERVED_PROPERTY_PREFIX}op`;

/** Everything that a row carries beside what the application put there. */
export const HIDDEN: readonly string[] = [TAG, ORIGIN, TOMBSTONE, OPERATION];

/** A row as it lies on one side: what the application wrote, and what we keep beside it. */
export interface PhysicalRow extends RowKey {
  readonly side: Side;
  /** The store's own version. */
  readonly version: Version;
  readonly properties: Properties;
  /** The epoch in which it was written; 0 for rows that nobody managed. */
  readonly tag: number;
  /** The version under which the application knows it, if not the store's own. */
  readonly origin: Version | undefined;
  /** It marks that there is no such row. */
  readonly tombstone: boolean;
  /** The operation that wrote it, if it said. */
  readonly operation: string | undefined;
  /** Whether any hidden property is stored with it. */
  readonly marked: boolean;
}

/** What is hidden in a row that is written anew. */
export interface Hidden {
  readonly tag: number;
  readonly origin?: Version | undefined;
  readonly tombstone?: boolean;
  readonly operation?: string | undefined;
}

/** Throws `TABLE_CORRUPT` if a hidden property is not what we write. */
export function physicalRow(side: Side, row: Row): PhysicalRow {
  const { properties } = row;
  const marked = HIDDEN.some((name) => propertyOf(properties, name) !== undefined);
  const { partitionKey, rowKey, version } = row;
  if (!marked) {
    const none = { tag: 0, origin: undefined, tombstone: false, operation: undefined, marked };
    return { side, partitionKey, rowKey, version, properties, ...none };
  }
  return {
    side,
    partitionKey,
    rowKey,
    version,
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => !isReservedProperty(name))),
    tag: Number(hiddenOf(row, TAG, 'int64') ?? 0n),
    origin: hiddenOf(row, ORIGIN, 'string') || undefined,
    tombstone: hiddenOf(row, TOMBSTONE, 'boolean') ?? false,
    operation: hiddenOf(row, OPERATION, 'string') || undefined,
    marked,
  };
}

/** For a write that replaces the whole row. What is not said is not stored. */
export function withHidden(properties: Properties, hidden: Hidden): Properties {
  const { tag, origin, tombstone, operation } = hidden;
  return {
    ...properties,
    [TAG]: { type: 'int64', value: BigInt(tag) },
    ...(origin === undefined ? {} : { [ORIGIN]: { type: 'string', value: origin } }),
    ...(tombstone ? { [TOMBSTONE]: { type: 'boolean', value: true } } : {}),
    ...(operation === undefined ? {} : { [OPERATION]: { type: 'string', value: operation } }),
  };
}

/** For a write that merges: it cannot remove what was hidden in the row before, so it overwrites all of it. */
export function overHidden(properties: Properties, { tag, operation }: Hidden): Properties {
  return {
    ...properties,
    [TAG]: { type: 'int64', value: BigInt(tag) },
    [ORIGIN]: { type: 'string', value: '' },
    [TOMBSTONE]: { type: 'boolean', value: false },
    [OPERATION]: { type: 'string', value: operation ?? '' },
  };
}

function hiddenOf(row: Row, name: string, type: 'int64'): bigint | undefined;
function hiddenOf(row: Row, name: string, type: 'string'): string | undefined;
function hiddenOf(row: Row, name: string, type: 'boolean'): boolean | undefined;
function hiddenOf(row: Row, name: string, type: string): unknown {
  const value = propertyOf(row.properties, name);
  if (!value || value.type === type) return value?.value;
  throw new TableError('TABLE_CORRUPT', `the hidden property ${name} of a row is no ${type}`, {
    effect: 'none',
    details: { key: { partitionKey: row.partitionKey, rowKey: row.rowKey } },
  });
}
