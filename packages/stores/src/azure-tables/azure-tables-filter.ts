import type { Comparison, Filter, Value } from 'changeover/table';
import { literal } from './azure-tables-keys.ts';
import { isPropertyName } from './azure-tables-limits.ts';

/** The service takes so many comparisons in a filter. */
export const COMPARISONS_MAX = 15;

interface Pushed {
  readonly text: string;
  readonly comparisons: number;
}

/**
 * Conditions, in the service's words, that every row meets which satisfies the filter: the service may leave away the other
 * rows, and what it gives is looked at again. `used` comparisons are in the query already.
 *
 * Only equality of texts, booleans and guids means the same there and here; of numbers and NaN, of order beyond ASCII and of
 * what is absent the service has other ideas. A filter that would be too long is not pushed.
 */
export function pushedConditions(filter: Filter | undefined, used: number): readonly string[] {
  if (!filter) return [];
  let room = COMPARISONS_MAX - used;
  const conditions: string[] = [];
  for (const operand of filter.kind === 'and' ? filter.operands : [filter]) {
    const pushed = push(operand);
    if (!pushed || pushed.comparisons > room) continue;
    conditions.push(pushed.text);
    room -= pushed.comparisons;
  }
  return conditions;
}

/** Undefined if there is no such condition. */
function push(filter: Filter): Pushed | undefined {
  if (filter.kind === 'comparison') return pushComparison(filter);
  if (filter.kind === 'not') return undefined;
  const parts = filter.operands.map(push).filter((part) => part !== undefined);
  // Of an `and` any part will do; of an `or` it takes all of them.
  if (parts.length === 0 || (filter.kind === 'or' && parts.length < filter.operands.length)) return undefined;
  return {
    text: `(${parts.map(({ text }) => text).join(` ${filter.kind} `)})`,
    comparisons: parts.reduce((sum, { comparisons }) => sum + comparisons, 0),
  };
}

function pushComparison({ subject, operator, value }: Comparison): Pushed | undefined {
  if (operator !== 'eq') return undefined;
  const text = literalOf(value);
  const name = nameOf(subject);
  return text === undefined || name === undefined ? undefined : { text: `${name} eq ${text}`, comparisons: 1 };
}

function nameOf(subject: Comparison['subject']): string | undefined {
  if (subject.kind === 'partitionKey') return 'PartitionKey';
  if (subject.kind === 'rowKey') return 'RowKey';
  return isPropertyName(subject.name) && /^\w+$/.test(subject.name) ? subject.name : undefined;
}

function literalOf(value: Value): string | undefined {
  switch (value.type) {
    case 'string':
      return literal(value.value);
    case 'boolean':
      return String(value.value);
    case 'guid':
      return `guid'${value.value}'`;
    default:
      return undefined;
  }
}
