import { DefectError } from '../std/index.ts';
import { type Comparison, checkFilter, type Filter, type FilterSubject, needsParentheses } from './filter.ts';
import { FILTER_WORDS } from './filter-words.ts';
import type { Value } from './value.ts';

/**
 * The canonical text of a filter: parsing it gives the same tree, and equal trees have equal texts.
 *
 * Throws `TABLE_FILTER_INVALID` for a tree that {@link checkFilter} refuses.
 */
export function printFilter(filter: Filter): string {
  checkFilter(filter);
  return print(filter);
}

function print(filter: Filter): string {
  if (filter.kind === 'comparison') return printComparison(filter);
  // Without parentheses, Azure Tables would take `not a eq 1` for `(not a) eq 1`.
  if (filter.kind === 'not') return `not (${print(filter.operand)})`;
  const { kind, operands } = filter;
  return operands
    .map((operand) => (needsParentheses(kind, operand) ? `(${print(operand)})` : print(operand)))
    .join(` ${kind} `);
}

function printComparison({ subject, operator, value }: Comparison): string {
  return `${printSubject(subject)} ${operator} ${printValue(value)}`;
}

/**
 * The parser takes any Unicode identifier without quotes; only those of ASCII are printed so, because what else is one
 * depends on the runtime's version of Unicode, and a canonical text must not.
 */
const BARE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

function printSubject(subject: FilterSubject): string {
  if (subject.kind === 'partitionKey') return 'PartitionKey';
  if (subject.kind === 'rowKey') return 'RowKey';
  const { name } = subject;
  return BARE_NAME.test(name) && !FILTER_WORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function printValue(value: Value): string {
  switch (value.type) {
    case 'string':
      return `'${value.value.replaceAll("'", "''")}'`;
    case 'boolean':
    case 'int32':
      return String(value.value);
    case 'int64':
      return `${value.value}L`;
    case 'double':
      return printDouble(value.value);
    case 'decimal':
      return `${value.value}M`;
    case 'datetime':
      return `datetime'${value.value}'`;
    case 'guid':
      return `guid'${value.value}'`;
    case 'binary':
      return `X'${Buffer.from(value.value).toString('hex')}'`;
    case 'json':
      throw new DefectError('checkFilter lets no JSON document pass');
  }
}

function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  const digits = Object.is(value, -0) ? '-0' : String(value);
  // A point or an exponent is what tells a double from an int32.
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}
