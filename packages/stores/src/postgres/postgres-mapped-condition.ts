import type { ComparisonOperator, RowKey } from 'changeover/table';
import { type KeyColumns, type KeyPlace, placeOfKey, placeOfText } from '../layout/index.ts';
import type { OrderedColumn } from './postgres-mapped-schema.ts';
import { quoteName } from './postgres-names.ts';
import type { Parameter, Statement } from './postgres-statement.ts';

/** A piece of a WHERE clause, in which NULL is as good as false. {@link PARAMETER} stands for each parameter. */
export interface Condition {
  readonly sql: string;
  readonly params: readonly Parameter[];
}

/** No name and no text of SQL has this character. */
export const PARAMETER = '\0';

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

/** A statement with the parameters of a text in their order. */
export function statementOf(sql: string, params: readonly Parameter[]): Statement {
  let count = 0;
  return { text: sql.replaceAll(PARAMETER, () => `$${++count}`), values: params };
}

/** What SQL orders rows by. */
export function orderOf(columns: readonly OrderedColumn[]): string {
  return columns.map(orderedName).join(', ');
}

/** A comparison of whole keys with a key. */
export function compareWithKey(
  key: KeyColumns,
  columns: readonly OrderedColumn[],
  operator: ComparisonOperator,
  bound: RowKey,
): Condition {
  return compareWithPlace(columns, operator, placeOfKey(key, bound));
}

/** A comparison of what the columns of one role encode with a text. */
export function compareWithText(
  columns: readonly OrderedColumn[],
  operator: ComparisonOperator,
  text: string,
): Condition {
  return compareWithPlace(columns, operator, placeOfText(columns, text));
}

function compareWithPlace(
  columns: readonly OrderedColumn[],
  operator: ComparisonOperator,
  anyPlace: KeyPlace,
): Condition {
  const place = withoutNul(anyPlace);
  if (place.exact) return compareColumns(columns, operator, place);
  if (operator === 'eq' || operator === 'ne') return operator === 'ne' ? ALWAYS : NEVER;
  // No key is the text itself, so whether it is to be excluded makes no difference.
  const upwards = operator === 'gt' || operator === 'ge';
  if (place.inclusive) return compareColumns(columns, upwards ? 'ge' : 'lt', place);
  return compareColumns(columns, upwards ? 'gt' : 'le', place);
}

/** No text here has a NUL. One with a NUL stands right behind what it has before that. */
function withoutNul(place: KeyPlace): KeyPlace {
  const at = place.values.findIndex((value) => typeof value === 'string' && value.includes('\0'));
  if (at < 0) return place;
  const value = String(place.values[at]);
  const values = [...place.values.slice(0, at), value.slice(0, value.indexOf('\0'))];
  return { values, inclusive: false, exact: false };
}

/** True if all conditions are. */
export function allOf(conditions: readonly Condition[]): Condition {
  return join(conditions, ' and ');
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return join(conditions, ' or ');
}

/** Not of NULL would be NULL, where not of false is to be true. */
export function not({ sql, params }: Condition): Condition {
  return { sql: `not coalesce(${sql}, false)`, params };
}

function join(conditions: readonly Condition[], word: string): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(word) || ALWAYS.sql,
    params: conditions.flatMap(({ params }) => params),
  };
}

/** Compares the first columns with the values that there are; no column equals no value. */
function compareColumns(
  columns: readonly OrderedColumn[],
  operator: ComparisonOperator,
  { values }: KeyPlace,
): Condition {
  if (values.length === 0) {
    return operator === 'eq' || operator === 'ge' || operator === 'le' ? ALWAYS : NEVER;
  }
  const compared = columns.slice(0, values.length);
  // Whether two texts are equal does not depend on their order, so that any index on the columns will do.
  const bare = operator === 'eq' || operator === 'ne';
  const names = compared.map((column) => (bare ? quoteName(column.name) : orderedName(column)));
  const marks = compared.map(({ kind }) => `${PARAMETER}::${kind === 'integer' ? 'bigint' : 'text'}`);
  const params = values.map(String);
  if (values.length === 1) return { sql: `${names[0]} ${SQL_OPERATORS[operator]} ${marks[0]}`, params };
  return { sql: `(${names.join(', ')}) ${SQL_OPERATORS[operator]} (${marks.join(', ')})`, params };
}

/** The collation is said only where the column has another one: an index in byte order then serves. */
function orderedName({ name, collates }: OrderedColumn): string {
  return collates ? `${quoteName(name)} collate "C"` : quoteName(name);
}
