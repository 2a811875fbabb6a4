/** Words that mean something by themselves in the text of a filter, so that a property of that name needs quotes. */
export const FILTER_WORDS: ReadonlySet<string> = new Set([
  'PartitionKey',
  'RowKey',
  'and',
  'or',
  'not',
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'true',
  'false',
  'NaN',
  'INF',
]);
