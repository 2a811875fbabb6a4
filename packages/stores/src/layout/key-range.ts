import { compareKeys, type Filter, type RowKey } from 'changeover/table';

/** The keys not before `from`, and before `until` if there is such an end. */
export interface KeyRange {
  readonly from: RowKey;
  readonly until: RowKey | undefined;
}

export const EVERYTHING: KeyRange = { from: { partitionKey: '', rowKey: '' }, until: undefined };

/**
 * The range that a scan has to look at: behind `after`, not behind `through`, and without what the filter's conditions
 * on the keys rule out at once. The filter still decides each row; this only spares looking at the others.
 */
export function rangeOfScan(bounds: {
  readonly after?: RowKey | undefined;
  readonly through?: RowKey | undefined;
  readonly filter?: Filter | undefined;
}): KeyRange {
  const { after, through, filter } = bounds;
  const asked: KeyRange = {
    from: after ? keyAfter(after) : EVERYTHING.from,
    until: through ? keyAfter(through) : undefined,
  };
  return filter ? intersect(asked, rangeOfFilter(filter)) : asked;
}

export function rangeOfPartition(partitionKey: string, filter: Filter | undefined): KeyRange {
  const partition = {
    from: { partitionKey, rowKey: '' },
    until: { partitionKey: textAfter(partitionKey), rowKey: '' },
  };
  return filter ? intersect(partition, rangeOfFilter(filter)) : partition;
}

/** The very next key: nothing sorts between a text and the same text with a NUL behind it. */
export function keyAfter({ partitionKey, rowKey }: RowKey): RowKey {
  return { partitionKey, rowKey: textAfter(rowKey) };
}

function textAfter(text: string): string {
  return `${text}\0`;
}

/** A range outside which no row satisfies `filter`. */
function rangeOfFilter(filter: Filter): KeyRange {
  const conditions = filter.kind === 'and' ? filter.operands : [filter];
  const partitions = conditions.flatMap((condition) => textRange(condition, 'partitionKey'));
  const keys = partitions.map(
    ([low, high]): KeyRange => ({
      from: partitionStart(low),
      until: high === undefined ? undefined : partitionStart(high),
    }),
  );
  return [...keys, ...rowRanges(conditions)].reduce(intersect, EVERYTHING);
}

/** Conditions on the row key bound a range only within one partition. */
function rowRanges(conditions: readonly Filter[]): KeyRange[] {
  const partitionKey = conditions.map(soughtPartition).find((key) => key !== undefined);
  if (partitionKey === undefined) return [];
  return conditions.flatMap((condition) =>
    textRange(condition, 'rowKey').map(([low, high]) => ({
      from: { partitionKey, rowKey: low },
      until: high === undefined ? partitionStart(textAfter(partitionKey)) : { partitionKey, rowKey: high },
    })),
  );
}

function soughtPartition(condition: Filter): string | undefined {
  if (condition.kind !== 'comparison' || condition.subject.kind !== 'partitionKey') return undefined;
  return condition.operator === 'eq' && condition.value.type === 'string' ? condition.value.value : undefined;
}

/** The texts from the first to before the second that a comparison with the key leaves; none if it bounds nothing. */
function textRange(condition: Filter, subject: 'partitionKey' | 'rowKey'): [string, string | undefined][] {
  if (condition.kind !== 'comparison' || condition.subject.kind !== subject) return [];
  if (condition.value.type !== 'string') return [];
  const text = condition.value.value;
  switch (condition.operator) {
    case 'eq':
      return [[text, textAfter(text)]];
    case 'ge':
      return [[text, undefined]];
    case 'gt':
      return [[textAfter(text), undefined]];
    case 'lt':
      return [['', text]];
    case 'le':
      return [['', textAfter(text)]];
    case 'ne':
      return [];
  }
}

function partitionStart(partitionKey: string): RowKey {
  return { partitionKey, rowKey: '' };
}

function intersect(a: KeyRange, b: KeyRange): KeyRange {
  const from = compareKeys(a.from, b.from) < 0 ? b.from : a.from;
  if (!a.until || !b.until) return { from, until: a.until ?? b.until };
  return { from, until: compareKeys(a.until, b.until) < 0 ? a.until : b.until };
}
