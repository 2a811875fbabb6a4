import type { ComparisonOperator } from 'changeover/table';
import { type KeyColumn, type KeyPlace } from '../layout/index.ts';
import type { Stored } from './sqlite-mapped-codec.ts';
import { quoteName } from './sqlite-names.ts';

/** A piece of a WHERE clause that is either true or false, never NULL. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly NonNullable<Stored>[];
}

export const ALWAYS: Condition = { sql: 'true', params: [] };
export const NEVER: Condition = { sql: 'false', params: [] };

export const SQL_OPERATORS: Readonly<Record<ComparisonOperator, string>> = {
  eq: '=',
  ne: '<>',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};

/**
 * A comparison of encoded keys with a text, as one of the columns with the text's place among them. The columns stand
 * bare: with a collation or a sign before them, SQLite would not search their index.
 */
export function compareWithPlace(
  columns: readonly KeyColumn[],
  operator: ComparisonOperator,
  place: KeyPlace,
): Condition {
  if (operator === 'eq' || operator === 'ne') {
    if (place.exact) return compareColumns(columns, operator, place);
    return operator === 'ne' ? ALWAYS : NEVER;
  }
  if (place.exact) return compareColumns(columns, operator, place);
  // No key is the text itself, so whether it is to be excluded makes no difference.
  const upwards = operator === 'gt' || operator === 'ge';
  if (place.inclusive) return compareColumns(columns, upwards ? 'ge' : 'lt', place);
  return compareColumns(columns, upwards ? 'gt' : 'le', place);
}

/** True if all conditions are. */
export function allOf(conditions: readonly Condition[]): Condition {
  return join(conditions, ' and ');
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return join(conditions, ' or ');
}

export function not({ sql, params }: Condition): Condition {
  return { sql: `not (${sql})`, params };
}

function join(conditions: readonly Condition[], word: string): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(word) || ALWAYS.sql,
    params: conditions.flatMap(({ params }) => params),
  };
}

/** Compares the first columns with the values that there are; no column equals no value. */
function compareColumns(
  columns: readonly KeyColumn[],
  operator: ComparisonOperator,
  { values }: KeyPlace,
): Condition {
  if (values.length === 0)
    return operator === 'eq' || operator === 'ge' || operator === 'le' ? ALWAYS : NEVER;
  const names = columns.slice(0, values.length).map(({ name }) => quoteName(name));
  const marks = values.map(() => '?');
  const [left, right] =
    values.length === 1 ? [names, marks] : [[`(${names.join(', ')})`], [`(${marks.join(', ')})`]];
  return { sql: `${left.join('')} ${SQL_OPERATORS[operator]} ${right.join('')}`, params: values };
}
