import {
  type Comparison,
  type Filter,
  isReservedProperty,
  propertiesOf,
  refusal,
  type Value,
} from 'changeover/table';
import { placeOfText } from '../layout/index.ts';
import type { PropertyColumn, Stored } from './sqlite-mapped-codec.ts';
import {
  ALWAYS,
  allOf,
  anyOf,
  type Condition,
  compareWithPlace,
  NEVER,
  not,
  SQL_OPERATORS,
} from './sqlite-mapped-condition.ts';
import type { MappedSchema } from './sqlite-mapped-schema.ts';
import { quoteName } from './sqlite-names.ts';

/** A filter in two parts, both of which a row must satisfy: what SQLite evaluates, and what is left for memory. */
export interface PushedFilter {
  readonly condition: Condition;
  readonly residual: Filter | undefined;
}

/** SQLite refuses expressions that are nested more than 1000 deep, and a chain of `or` nests. */
const NODES_MAX = 200;

/**
 * Moves into SQL what has exactly the same answer there. Columns with a type from the mapping are left to memory, so
 * that a value that does not fit its type is met as the error it is, and not passed over as unequal.
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
    if (condition) pushed.push(condition);
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
    if (key.partition.some((column) => column.name === name))
      return `Column ${name} is in PartitionKey; filter by that.`;
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

function conditionOfComparison(
  { key, properties }: MappedSchema,
  comparison: Comparison,
): Condition | undefined {
  const { subject, operator, value } = comparison;
  if (subject.kind === 'property') {
    const column = properties.find(({ name }) => name === subject.name);
    return column && column.type === undefined ? compareColumn(column, comparison) : undefined;
  }
  if (value.type !== 'string') return NEVER;
  const columns = subject.kind === 'partitionKey' ? key.partition : key.row;
  return compareWithPlace(columns, operator, placeOfText(columns, value.value));
}

/**
 * A value compares only with its like, so the storage class is asked first; that also turns NULL into false. The sign
 * takes the column's affinity off, which would convert the other side, and its collation.
 */
function compareColumn(column: PropertyColumn, { operator, value }: Comparison): Condition | undefined {
  const name = quoteName(column.name);
  if (value.type === 'double' && Number.isNaN(value.value)) {
    return operator === 'ne' ? { sql: `typeof(${name}) ${NUMERIC_CLASS}`, params: [] } : NEVER;
  }
  const comparand = comparandOf(value);
  if (comparand === undefined) return undefined;
  if (comparand === 'nothing') return NEVER;
  const { storageClass, stored } = comparand;
  return {
    sql: `typeof(${name}) ${storageClass} and +${name} collate binary ${SQL_OPERATORS[operator]} ?`,
    params: [stored],
  };
}

const NUMERIC_CLASS = "in ('integer', 'real')";

interface Comparand {
  readonly storageClass: string;
  readonly stored: NonNullable<Stored>;
}

/** What to compare with; `nothing` for types that no column has by itself; undefined if SQL cannot do it exactly. */
function comparandOf(value: Value): Comparand | 'nothing' | undefined {
  switch (value.type) {
    case 'string':
      return { storageClass: "= 'text'", stored: value.value };
    case 'binary':
      return { storageClass: "= 'blob'", stored: value.value };
    case 'int32':
      return { storageClass: NUMERIC_CLASS, stored: BigInt(value.value) };
    case 'int64':
    case 'double':
      return { storageClass: NUMERIC_CLASS, stored: value.value };
    case 'decimal':
      return undefined;
    default:
      return 'nothing';
  }
}
