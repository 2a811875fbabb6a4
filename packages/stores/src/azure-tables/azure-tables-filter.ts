import type { Comparison, Filter, Value } from 'changeover/table';
import { literal } from './azure-tables-keys.ts';
import { isPropertyName } from './azure-tables-limits.ts';
import { alikePrefix, endOf } from './azure-tables-order.ts';

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
 * Of properties, only equality of texts, booleans and guids means the same there and here; of numbers and NaN, of order and
 * of what is absent the service has other ideas. What would be too long is not pushed.
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

function pushComparison(comparison: Comparison): Pushed | undefined {
  const { subject, value } = comparison;
  const text =
    subject.kind === 'property'
      ? propertyCondition(subject.name, comparison)
      : keyCondition(subject.kind, comparison);
  return text === undefined || value.type === 'json' ? undefined : { text, comparisons: 1 };
}

function propertyCondition(name: string, { operator, value }: Comparison): string | undefined {
  if (operator !== 'eq' || !isPropertyName(name) || !/^\w+$/.test(name)) return undefined;
  const text = literalOf(value);
  return text === undefined ? undefined : `${name} eq ${text}`;
}

/** Where the order is another one there, up to the end of what both see alike. */
function keyCondition(kind: 'partitionKey' | 'rowKey', { operator, value }: Comparison): string | undefined {
  if (value.type !== 'string') return undefined;
  const name = kind === 'partitionKey' ? 'PartitionKey' : 'RowKey';
  const alike = alikePrefix(value.value);
  if (operator === 'eq' || operator === 'ne' || alike === value.value)
    return `${name} ${operator} ${literal(value.value)}`;
  if (operator === 'ge' || operator === 'gt') return `${name} ge ${literal(alike)}`;
  const end = endOf(alike);
  return end === undefined ? undefined : `${name} lt ${literal(end)}`;
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
