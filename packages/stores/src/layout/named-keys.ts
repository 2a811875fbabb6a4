import { compareText, type Filter } from 'changeover/table';

/**
 * The row keys that a filter lists, in order, if that is all it does: then just the rows that have one of them satisfy
 * it. They are looked up instead of looked for.
 */
export function namedKeys(filter: Filter | undefined): readonly string[] | undefined {
  const keys = filter && listed(filter);
  return keys && [...new Set(keys)].toSorted(compareText);
}

function listed(filter: Filter): readonly string[] | undefined {
  if (filter.kind === 'comparison') {
    const { subject, operator, value } = filter;
    const names = subject.kind === 'rowKey' && operator === 'eq' && value.type === 'string';
    return names ? [value.value] : undefined;
  }
  if (filter.kind !== 'or') return undefined;
  const lists = filter.operands.map(listed);
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}
