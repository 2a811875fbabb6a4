import {
  type Comparison,
  type ComparisonOperator,
  type Filter,
  isReservedProperty,
  propertiesOf,
  refusal,
  type Value,
} from 'changeover/table';
import { type PropertyColumn, textOfValue } from './postgres-mapped-codec.ts';
import {
  ALWAYS,
  allOf,
  anyOf,
  type Condition,
  compareWithText,
  NEVER,
  not,
  PARAMETER,
  SQL_OPERATORS,
} from './postgres-mapped-condition.ts';
import type { MappedSchema } from './postgres-mapped-schema.ts';
import { quoteName } from './postgres-names.ts';

/** A filter in two parts, both of which a row must satisfy: what the server evaluates, and what is left for memory. */
export interface PushedFilter {
  readonly condition: Condition;
  readonly residual: Filter | undefined;
}

/** More would only make a text that the server takes long to plan. */
const NODES_MAX = 200;

/**
 * Moves into SQL what has exactly the same answer there. A row with a value that cannot be read satisfies all that is
 * pushed down about its column, so that it is met as the error it is, and not passed over.
 *
 * Throws `TABLE_FILTER_INVALID` for a property that has no column.
 */
export function pushDownFilter(schema: MappedSchema, filter: Filter | undefined): PushedFilter {
  if (!filter) return { condition: ALWAYS, residual: undefined };
  checkFilterNames(schema, filter);
  if (countNodes(filter) > NODES_MAX) return { condition: ALWAYS, residual: filter };
  const pushed: Condition[] = [];
  const left: Filter[] = [];
  for (const conjunct of filter.kind === 'and' ? filter.operands : [filter]) {
    const condition = conditionOf(schema, conjunct);
    if (condition) pushed.push(anyOf([condition, ...unreadable(schema, conjunct)]));
    else left.push(conjunct);
  }
  const [first, ...others] = left;
  return {
    condition: allOf(pushed),
    residual: others.length > 0 ? { kind: 'and', operands: left } : first,
  };
}

function checkFilterNames({ table, key, version, properties }: MappedSchema, filter: Filter): void {
  for (const name of propertiesOf(filter)) {
    if (isReservedProperty(name) || properties.some((column) => column.name === name)) continue;
    const known = properties.map((column) => column.name).join(', ') || 'none';
    throw refusal(
      'TABLE_FILTER_INVALID',
      `table ${table} has no property ${JSON.stringify(name)}; its properties: ${known}`,
      { property: name },
      hintFor(name),
    );
  }
  function hintFor(name: string): string | undefined {
    if (key.partition.some((column) => column.name === name)) {
      return `Column ${name} is in PartitionKey; filter by that.`;
    }
    if (key.row.some((column) => column.name === name)) return `Column ${name} is in RowKey; filter by that.`;
    return name === version ? `Column ${name} holds the rows' versions, and is not a property.` : undefined;
  }
}

function countNodes(filter: Filter): number {
  if (filter.kind === 'comparison') return 1;
  if (filter.kind === 'not') return 1 + countNodes(filter.operand);
  return filter.operands.reduce((sum, operand) => sum + countNodes(operand), 1);
}

/** The exact translation, or undefined if there is none. */
function conditionOf(schema: MappedSchema, filter: Filter): Condition | undefined {
  if (filter.kind === 'comparison') return conditionOfComparison(schema, filter);
  if (filter.kind === 'not') {
    const operand = conditionOf(schema, filter.operand);
    return operand && not(operand);
  }
  const operands = filter.operands.map((operand) => conditionOf(schema, operand));
  const exact = operands.filter((operand) => operand !== undefined);
  if (exact.length < operands.length) return undefined;
  return filter.kind === 'and' ? allOf(exact) : anyOf(exact);
}

function conditionOfComparison(schema: MappedSchema, comparison: Comparison): Condition | undefined {
  const { subject, operator, value } = comparison;
  if (subject.kind === 'property') {
    const column = schema.properties.find(({ name }) => name === subject.name);
    return column && compareColumn(column, operator, value);
  }
  if (value.type !== 'string') return NEVER;
  const role = subject.kind === 'partitionKey' ? schema.key.partition : schema.key.row;
  const columns = schema.keyColumns.filter(({ name }) => role.some((column) => column.name === name));
  return compareWithText(columns, operator, value.value);
}

/** Rows whose values of these columns are none of the contract's: infinite times, numerics that are no number. */
function unreadable({ properties }: MappedSchema, filter: Filter): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const name of propertiesOf(filter)) {
    const column = properties.find((each) => each.name === name);
    const sql = column && UNREADABLE[column.kind]?.(quoteName(name));
    if (sql !== undefined) conditions.push({ sql, params: [] });
  }
  return conditions;
}

const UNREADABLE: Readonly<Partial<Record<PropertyColumn['kind'], (name: string) => string>>> = {
  numeric: (name) => `${name} in ('NaN', 'Infinity', '-Infinity')`,
  timestamptz: (name) => `${name} < '0001-01-01 00:00:00+00' or ${name} >= '10000-01-01 00:00:00+00'`,
};

/** A value compares only with its like. Columns stand bare where their indexes can serve. */
function compareColumn(
  column: PropertyColumn,
  operator: ComparisonOperator,
  value: Value,
): Condition | undefined {
  if (column.type === 'json') return NEVER;
  if (isNumeric(column) && isNumeric(value)) return compareNumber(column, operator, value);
  if (column.type !== value.type) return NEVER;
  const name = quoteName(column.name);
  switch (column.kind) {
    case 'boolean':
    case 'uuid':
    case 'bytea':
      return compared(name, operator, `${PARAMETER}::${column.kind}`, textOfValue(value));
    case 'timestamptz':
      return compareTime(name, operator, textOfValue(value));
    case 'text':
    case 'enum':
    case 'array':
    case 'date':
    case 'timestamp':
      return compareText(column, operator, textOfValue(value));
    default:
      return undefined;
  }
}

function compareText(
  { name, cast }: PropertyColumn,
  operator: ComparisonOperator,
  text: string,
): Condition | undefined {
  if (text.includes('\0')) return undefined;
  const plain = PLAIN_TEXTS.includes(cast);
  const whole = operator === 'eq' || operator === 'ne';
  const column = `${quoteName(name)}${plain ? '' : '::text'}${plain && whole ? '' : ' collate "C"'}`;
  return compared(column, operator, `${PARAMETER}::text`, text);
}

/** Types that are text to the server, so that whether two of them are equal is a matter of their bytes. */
const PLAIN_TEXTS = ['text', 'character varying'];

/** A column counts microseconds: between two of them there is none of its values, but there may be one to compare with. */
function compareTime(name: string, operator: ComparisonOperator, text: string): Condition {
  if (text.endsWith('0Z')) return compared(name, operator, `${PARAMETER}::timestamptz`, text);
  if (operator === 'eq') return NEVER;
  if (operator === 'ne') return { sql: `${name} is not null`, params: [] };
  const upwards = operator === 'gt' || operator === 'ge';
  return compared(name, upwards ? 'gt' : 'le', `${PARAMETER}::timestamptz`, `${text.slice(0, -2)}0Z`);
}

function compareNumber(
  column: PropertyColumn,
  operator: ComparisonOperator,
  value: Value,
): Condition | undefined {
  const name = quoteName(column.name);
  if (value.type === 'double' && Number.isNaN(value.value)) {
    return operator === 'ne' ? { sql: `${name} is not null`, params: [] } : NEVER;
  }
  if (column.type === 'double') return compareDouble(column, operator, value);
  const exact = exactNumeric(value);
  if (exact === undefined) return undefined;
  const whole = column.kind !== 'numeric' && INT64_TEXT.test(exact);
  if (whole) return compared(name, operator, `${PARAMETER}::bigint`, exact);
  return compared(`${name}::numeric`, operator, `${PARAMETER}::numeric`, exact);
}

/** Texts that are an int64 for sure. */
const INT64_TEXT = /^-?\d{1,18}$/;

/** To SQL a NaN equals itself and is above all else; to a filter it is unequal to everything, and nothing more. */
function compareDouble(
  { name }: PropertyColumn,
  operator: ComparisonOperator,
  value: Value,
): Condition | undefined {
  const double = exactDouble(value);
  if (double === undefined) return undefined;
  const column = quoteName(name);
  const plain = compared(column, operator, `${PARAMETER}::double precision`, double);
  return operator === 'ne'
    ? plain
    : allOf([plain, { sql: `${quoteName(name)} is distinct from 'NaN'`, params: [] }]);
}

function exactDouble(value: Value): string | undefined {
  if (value.type === 'double' || value.type === 'int32') return String(value.value);
  if (value.type !== 'int64') return undefined;
  return BigInt(Number(value.value)) === value.value ? String(Number(value.value)) : undefined;
}

function exactNumeric(value: Value): string | undefined {
  if (value.type !== 'double') return String(value.value);
  return Number.isInteger(value.value) ? String(BigInt(value.value)) : undefined;
}

function compared(left: string, operator: ComparisonOperator, right: string, param: string): Condition {
  return { sql: `${left} ${SQL_OPERATORS[operator]} ${right}`, params: [param] };
}

function isNumeric({ type }: { readonly type: Value['type'] }): boolean {
  return type === 'int32' || type === 'int64' || type === 'double' || type === 'decimal';
}
