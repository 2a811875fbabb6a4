import { unreachable } from '../std/index.ts';
import { refusal } from './errors.ts';
import { isWellFormed } from './key.ts';
import { problemOfValue, type Value } from './value.ts';

export type ComparisonOperator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** What a comparison looks at: one of the two keys, or a property by its name. */
export type FilterSubject =
  | { readonly kind: 'partitionKey' }
  | { readonly kind: 'rowKey' }
  | { readonly kind: 'property'; readonly name: string };

export interface Comparison {
  readonly kind: 'comparison';
  readonly subject: FilterSubject;
  readonly operator: ComparisonOperator;
  readonly value: Value;
}

/** A parsed filter. `and` and `or` have at least two operands. {@link checkFilter} says what else makes one valid. */
export type Filter =
  | Comparison
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Filter[] }
  | { readonly kind: 'not'; readonly operand: Filter };

export const COMPARISON_OPERATORS: readonly ComparisonOperator[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'];

/** How deep `not` and parentheses may nest. Everything that walks a filter recurses, and must not exhaust the stack. */
export const FILTER_LEVELS_MAX = 200;

/**
 * Throws `TABLE_FILTER_INVALID` for a tree that no text means: `and` or `or` of fewer than two operands, a value that
 * is invalid or a JSON document, a key compared with anything but a string, a property without a proper name, or
 * nesting beyond {@link FILTER_LEVELS_MAX}. What the parser gives is always valid; a tree made by hand may not be.
 */
export function checkFilter(filter: Filter): void {
  checkAtLevel(filter, 0);
}

function checkAtLevel(filter: Filter, level: number): void {
  if (level > FILTER_LEVELS_MAX) throw invalid(`it nests more than ${FILTER_LEVELS_MAX} levels deep`);
  switch (filter.kind) {
    case 'comparison':
      return checkComparison(filter);
    case 'not':
      return checkAtLevel(filter.operand, level + 1);
    case 'and':
    case 'or':
      if (filter.operands.length < 2) throw invalid(`${filter.kind} needs two operands`);
      for (const operand of filter.operands) {
        checkAtLevel(operand, level + (needsParentheses(filter.kind, operand) ? 1 : 0));
      }
      return;
    default:
      return unreachable(filter);
  }
}

function checkComparison({ subject, operator, value }: Comparison): void {
  if (!COMPARISON_OPERATORS.includes(operator)) throw invalid(`${operator} is not an operator`);
  const problem = value.type === 'json' ? 'is a JSON document' : problemOfValue(value);
  if (problem) throw invalid(`a value that it compares with ${problem}`);
  if (subject.kind !== 'property') {
    if (value.type !== 'string') throw invalid(`it compares a key with a value of type ${value.type}`);
  } else if (subject.name === '' || !isWellFormed(subject.name)) {
    throw invalid(`${JSON.stringify(subject.name)} is not a property name`);
  }
}

function invalid(reason: string): Error {
  return refusal('TABLE_FILTER_INVALID', `the filter is invalid: ${reason}`);
}

/** Whether an operand of `and` or `or` must stand in parentheses: without them it would merge, or bind otherwise. */
export function needsParentheses(parent: 'and' | 'or', operand: Filter): boolean {
  return operand.kind === 'or' || (operand.kind === 'and' && parent === 'and');
}

/** The names of the properties that `filter` looks at, each once. */
export function propertiesOf(filter: Filter): ReadonlySet<string> {
  const names = new Set<string>();
  visitComparisons(filter, ({ subject }) => {
    if (subject.kind === 'property') names.add(subject.name);
  });
  return names;
}

function visitComparisons(filter: Filter, visit: (comparison: Comparison) => void): void {
  if (filter.kind === 'comparison') visit(filter);
  else if (filter.kind === 'not') visitComparisons(filter.operand, visit);
  else for (const operand of filter.operands) visitComparisons(operand, visit);
}
