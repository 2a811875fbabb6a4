import {
  type Comparison,
  compareText,
  compareValues,
  type Filter,
  matchesFilter,
  project,
  propertyOf,
  type Row,
  type Table,
  type Value,
} from 'changeover/table';
import { type Defect, everyRow } from './defect.ts';

/** Below 0, 0 or above 0; undefined if there is no telling. */
type Compare = (actual: Value, value: Value) => number | undefined;
type Find = (row: Row, name: string) => Value | undefined;

/** What is wrong with stores that misunderstand filters. */
export const FILTERING: readonly Defect[] = [
  {
    name: 'takes no notice of filters',
    breaks:
      /only the rows that the filter matches|^scan: a filter that matches nothing|^filter: a filter that no text|^limits: a query counts only|^reserved: our handle filters/,
    table: (inner) => filteringBy(inner, () => true),
  },
  {
    name: 'filters by what is selected',
    breaks: /a filter sees the properties that are not selected/,
    table: (inner) => ({
      query: async (partitionKey, { filter, ...options } = {}) =>
        (await inner.query(partitionKey, options)).filter((row) => !filter || matchesFilter(filter, row)),
      scan: async ({ filter, ...options } = {}) => {
        const page = await inner.scan(options);
        return { ...page, rows: page.rows.filter((row) => !filter || matchesFilter(filter, row)) };
      },
    }),
  },
  comparing('compares texts by their UTF-16 code units', /^filter: (texts|keys) compare/, (actual, value) =>
    actual.type === 'string' && value.type === 'string'
      ? Number(actual.value > value.value) - Number(actual.value < value.value)
      : compareValues(actual, value),
  ),
  comparing('rounds numbers to doubles', /^filter: numbers/, (actual, value) =>
    isNumber(actual) && isNumber(value)
      ? Number(actual.value) - Number(value.value)
      : compareValues(actual, value),
  ),
  comparing('takes NaN for the largest number', /^filter: NaN/, (actual, value) =>
    isNumber(actual) && isNumber(value) ? rank(actual) - rank(value) : compareValues(actual, value),
  ),
  comparing('compares texts and numbers alone', /^filter: booleans/, (actual, value) =>
    actual.type === 'string' || isNumber(actual) ? compareValues(actual, value) : undefined,
  ),
  comparing('converts types to compare them', /^filter: a comparison of unlike types/, (actual, value) =>
    actual.type === value.type
      ? compareValues(actual, value)
      : compareText(String(actual.value), String(value.value)),
  ),
  finding(
    'takes an absent property for an empty text',
    /^filter: a (comparison with an absent|name that no row has)/,
    ({ properties }, name) => propertyOf(properties, name) ?? { type: 'string', value: '' },
  ),
  finding('drops what is no letter from names', /^filter: names and texts/, ({ properties }, name) =>
    propertyOf(properties, name.replaceAll(/\W/g, '')),
  ),
  {
    name: 'has the three truth values of SQL',
    breaks: /^filter: (not is true of what is absent|a comparison of unlike types)/,
    table: (inner) => filteringBy(inner, (filter, row) => threeValued(filter, row) === true),
  },
  {
    name: 'takes "or" for "and"',
    breaks: /^filter: and, or and not/,
    table: (inner) => filteringBy(inner, (filter, row) => matchesFilter(withoutOr(filter), row)),
  },
];

function comparing(name: string, breaks: RegExp, compare: Compare): Defect {
  const find: Find = ({ properties }, property) => propertyOf(properties, property);
  return {
    name,
    breaks,
    table: (inner) => filteringBy(inner, (filter, row) => evaluate(filter, row, find, compare)),
  };
}

function finding(name: string, breaks: RegExp, find: Find): Defect {
  return {
    name,
    breaks,
    table: (inner) => filteringBy(inner, (filter, row) => evaluate(filter, row, find, compareValues)),
  };
}

function filteringBy(inner: Table, matches: (filter: Filter, row: Row) => boolean): Partial<Table> {
  return {
    query: async (partitionKey, { filter } = {}) =>
      (await inner.query(partitionKey)).filter((row) => !filter || matches(filter, row)),
    scan: async ({ filter, select } = {}) => {
      const rows = (await everyRow(inner)).filter((row) => !filter || matches(filter, row));
      return {
        rows: rows.map((row) => ({ ...row, properties: project(row.properties, select) })),
        continuation: undefined,
      };
    },
  };
}

function evaluate(filter: Filter, row: Row, find: Find, compare: Compare): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.operands.every((operand) => evaluate(operand, row, find, compare));
    case 'or':
      return filter.operands.some((operand) => evaluate(operand, row, find, compare));
    case 'not':
      return !evaluate(filter.operand, row, find, compare);
    case 'comparison': {
      const actual = subjectOf(filter, row, find);
      return satisfies(actual && compare(actual, filter.value), filter) === true;
    }
  }
}

function threeValued(filter: Filter, row: Row): boolean | undefined {
  if (filter.kind === 'not') {
    const operand = threeValued(filter.operand, row);
    return operand === undefined ? undefined : !operand;
  }
  if (filter.kind === 'comparison') {
    const actual = subjectOf(filter, row, ({ properties }, name) => propertyOf(properties, name));
    return satisfies(actual && compareValues(actual, filter.value), filter);
  }
  const operands = filter.operands.map((operand) => threeValued(operand, row));
  const decisive = filter.kind === 'or';
  if (operands.includes(decisive)) return decisive;
  return operands.includes(undefined) ? undefined : !decisive;
}

function subjectOf({ subject }: Comparison, row: Row, find: Find): Value | undefined {
  if (subject.kind === 'property') return find(row, subject.name);
  return { type: 'string', value: row[subject.kind] };
}

function satisfies(order: number | undefined, { operator }: Comparison): boolean | undefined {
  if (order === undefined) return undefined;
  const answers = {
    eq: order === 0,
    ne: order !== 0,
    gt: order > 0,
    ge: order >= 0,
    lt: order < 0,
    le: order <= 0,
  };
  return answers[operator];
}

function withoutOr(filter: Filter): Filter {
  if (filter.kind === 'comparison') return filter;
  if (filter.kind === 'not') return { kind: 'not', operand: withoutOr(filter.operand) };
  return { kind: 'and', operands: filter.operands.map(withoutOr) };
}

function isNumber(value: Value): boolean {
  return ['int32', 'int64', 'double', 'decimal'].includes(value.type);
}

/** NaN ranks above Infinity, as in Postgres; the numbers of the fixture are smaller than the stand-ins. */
function rank({ value }: Value): number {
  const number = Number(value);
  if (Number.isNaN(number)) return Number.MAX_VALUE;
  return Math.max(-1e300, Math.min(1e300, number));
}
