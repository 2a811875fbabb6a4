import { compareText, type Filter, RESERVED_ROW_PREFIX } from 'changeover/table';
import { type KeyRange, namedKeys, rangeOfPartition } from '../layout/index.ts';
import { COMPARISONS_MAX, pushedConditions } from './azure-tables-filter.ts';
import { canExist, literal } from './azure-tables-keys.ts';
import { cutBefore, partsOf, spansFrom } from './azure-tables-order.ts';

/** Row keys that are named one by one; beside these there is the partition's own comparison, and some room. */
const NAMED_MAX = COMPARISONS_MAX - 3;

/**
 * Conditions that every row meets which a query of a partition is to give, and as few others as the service can be told of.
 * Undefined if there can be no such row.
 */
export function partitionConditions(
  partitionKey: string,
  filter: Filter | undefined,
  seesReserved: boolean,
): readonly string[] | undefined {
  if (!canExist({ partitionKey, rowKey: '' })) return undefined;
  const partition = `PartitionKey eq ${literal(partitionKey)}`;
  const named = namedKeys(filter)?.filter((rowKey) => canExist({ partitionKey, rowKey }));
  if (named?.length === 0) return undefined;
  if (named && named.length <= NAMED_MAX) {
    return [partition, `(${named.map((rowKey) => `RowKey eq ${literal(rowKey)}`).join(' or ')})`];
  }
  const bounds = named ? boundsOf(named) : rangeConditions(partitionKey, rangeWithin(partitionKey, filter));
  if (!bounds) return undefined;
  const conditions = [partition, ...bounds];
  const pushed = named ? [] : pushedConditions(filter, conditions.length + 2);
  const hidden = seesReserved || bounds.length > 0 ? [] : [NOT_RESERVED];
  return [...conditions, ...hidden, ...pushed];
}

/** The rows of ours do not count for what an application's handle can be given at once. */
const NOT_RESERVED = `(RowKey lt ${literal(RESERVED_ROW_PREFIX)} or RowKey ge ${literal(`${RESERVED_ROW_PREFIX.slice(0, -1)}0`)})`;

/** From the least to the greatest, as the service orders. */
function boundsOf(rowKeys: readonly string[]): readonly string[] {
  const sorted = rowKeys.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : compareText(a, b)));
  return [`RowKey ge ${literal(sorted[0] as string)}`, `RowKey le ${literal(sorted.at(-1) as string)}`];
}

/** Conditions on the row key bound a range only beside one that names the partition. */
function rangeWithin(partitionKey: string, filter: Filter | undefined): KeyRange {
  const inPartition: Filter = {
    kind: 'comparison',
    subject: { kind: 'partitionKey' },
    operator: 'eq',
    value: { type: 'string', value: partitionKey },
  };
  const operands = filter?.kind === 'and' ? filter.operands : filter ? [filter] : [];
  return rangeOfPartition(partitionKey, { kind: 'and', operands: [inPartition, ...operands] });
}

/** Undefined for a range without rows. Where the orders differ, the widest span of the service's that it takes. */
function rangeConditions(partitionKey: string, { from, until }: KeyRange): readonly string[] | undefined {
  const spans = spansFrom(cutBefore(from), until && cutBefore(until));
  if (spans.length === 0) return undefined;
  const first = spans.map((span) => span.from).reduce((a, b) => (a < b ? a : b));
  const ends = spans.map((span) => span.until);
  const last = ends.reduce((a, b) => (a === undefined || b === undefined ? undefined : a < b ? b : a));
  const conditions: string[] = [];
  const start = partsOf(first);
  if (
    start.partitionKey === partitionKey &&
    start.rowKey !== undefined &&
    (start.rowKey !== '' || start.isAfter)
  ) {
    conditions.push(`RowKey ${start.isAfter ? 'gt' : 'ge'} ${literal(start.rowKey)}`);
  }
  const end = last === undefined ? undefined : partsOf(last);
  if (end?.partitionKey === partitionKey && end.rowKey !== undefined) {
    conditions.push(`RowKey ${end.isAfter ? 'le' : 'lt'} ${literal(end.rowKey)}`);
  }
  return conditions;
}
