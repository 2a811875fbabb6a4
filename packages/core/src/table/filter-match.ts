import { compareValues } from './compare-values.ts';
import type { Comparison, ComparisonOperator, Filter } from './filter.ts';
import { compareText } from './key.ts';
import type { RowData } from './table.ts';
import { propertyOf } from './value.ts';

/**
 * Whether a row satisfies a filter. This is what filters mean: a store that evaluates one itself must agree.
 *
 * A comparison with an absent property, or with a value of a type that cannot be compared, is false, and its negation
 * true. The filter must be valid, as the parser's always are.
 */
export function matchesFilter(filter: Filter, row: RowData): boolean {
  switch (filter.kind) {
    case 'comparison':
      return matchesComparison(filter, row);
    case 'and':
      return filter.operands.every((operand) => matchesFilter(operand, row));
    case 'or':
      return filter.operands.some((operand) => matchesFilter(operand, row));
    case 'not':
      return !matchesFilter(filter.operand, row);
  }
}

function matchesComparison(comparison: Comparison, row: RowData): boolean {
  const order = orderOf(comparison, row);
  return order !== undefined && satisfies(order, comparison.operator);
}

function orderOf({ subject, value }: Comparison, row: RowData): number | undefined {
  if (subject.kind === 'property') {
    const actual = propertyOf(row.properties, subject.name);
    return actual && compareValues(actual, value);
  }
  return value.type === 'string' ? compareText(row[subject.kind], value.value) : undefined;
}

/** The order of a NaN is NaN, which satisfies `ne` alone. */
function satisfies(order: number, operator: ComparisonOperator): boolean {
  switch (operator) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}
