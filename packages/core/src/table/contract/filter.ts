import type { Filter } from '../filter.ts';
import { matchesFilter } from '../filter-match.ts';
import type { RowData, Table } from '../table.ts';
import type { Value } from '../value.ts';
import {
  all,
  any,
  binary,
  boolean,
  datetime,
  decimal,
  double,
  guid,
  int32,
  int64,
  is,
  json,
  keyIs,
  not,
  string,
} from './builders.ts';
import { type ContractCase, type ContractSubject, contractCase } from './contract-case.ts';
import { anyPropertyName } from './need.ts';
import { assertFails, assertRows, fill, row, scanAll } from './support.ts';

const ID = '01234567-89ab-cdef-0123-456789abcdef';
const DAY = '2012-02-18T00:00:00.0000000Z';

/** The numbers that `mixed` takes in turn: near each other, and of every type. */
const NUMBERS: readonly Value[] = [
  int32(1),
  int64(1n),
  double(1),
  decimal('1.00'),
  double(0.1),
  decimal('0.1'),
  int64(2n ** 53n + 1n),
  double(2 ** 53),
  double(Number.NaN),
  double(Number.POSITIVE_INFINITY),
  double(-0),
  string('1'),
  boolean(true),
];

const ROWS: readonly RowData[] = [
  row('p', 'empty'),
  row('p', 'other', {
    text: 'b',
    note: '',
    flag: boolean(false),
    count32: int32(-5),
    ratio: double(Number.NaN),
  }),
  row('p', 'some', {
    text: 'a',
    flag: boolean(true),
    count32: int32(5),
    count64: int64(2n ** 53n + 1n),
    ratio: double(0.5),
    amount: decimal('1.50'),
    at: datetime(DAY),
    id: guid(ID),
    bytes: binary(1, 2),
    doc: json('{"a":1}'),
  }),
  row('q', '', { text: '\ue000', count64: int64(-1n), ratio: double(-0), bytes: binary() }),
  row('q', '\ue000', {
    text: '😀',
    note: "it's",
    amount: decimal('1.5'),
    ratio: double(Number.NEGATIVE_INFINITY),
  }),
  row('q', '😀', { text: '', 'with space': 'a', constructor: 'b', "O'Brien": 'c' }),
  ...NUMBERS.map((value, index) => row('r', `n${String(index).padStart(2, '0')}`, { mixed: value })),
];

/** Columns that no row has a value in. A table with fixed columns refuses names that are none of them. */
const ABSENT = 'select';
const ABSENT_QUOTED = '"quoted"';

const EVERY_OPERATOR = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;

const compared = (name: string, ...values: readonly Value[]): readonly Filter[] =>
  values.flatMap((value) => EVERY_OPERATOR.map((operator) => is(name, operator, value)));

interface Theme {
  readonly title: string;
  readonly filters: readonly Filter[];
}

const THEMES: readonly Theme[] = [
  {
    title: 'texts compare by their UTF-8 bytes',
    filters: compared('text', string('a'), string('\ue000'), string('')),
  },
  {
    title: 'keys compare by their UTF-8 bytes',
    filters: EVERY_OPERATOR.flatMap((operator) => [
      keyIs('partitionKey', operator, 'q'),
      keyIs('rowKey', operator, 'other'),
      keyIs('rowKey', operator, '\ue000'),
    ]),
  },
  {
    title: 'booleans, datetimes, guids and bytes compare with their own kind',
    filters: [
      ...compared('flag', boolean(true)),
      ...compared('at', datetime(DAY), datetime('2012-02-18T00:00:00.0000001Z')),
      ...compared('id', guid(ID)),
      ...compared('bytes', binary(1, 2), binary(1), binary()),
    ],
  },
  {
    title: 'numbers compare by their value, whatever their types',
    filters: [
      ...compared('count32', int32(5), int64(5n), double(5), decimal('5.0'), double(4.5)),
      ...compared('count64', double(2 ** 53), int64(2n ** 53n), int32(-1), decimal('9007199254740993.5')),
      ...compared('ratio', double(0), int32(0), decimal('0.5'), int64(-1n)),
      ...compared('amount', decimal('1.5'), double(1.5), int32(1)),
    ],
  },
  {
    title: 'NaN is unequal to everything, and nothing else',
    filters: [
      ...compared('ratio', double(Number.NaN), double(Number.POSITIVE_INFINITY), double(1)),
      ...compared('count32', double(Number.NaN), double(Number.NEGATIVE_INFINITY)),
    ],
  },
  {
    title: 'a comparison with an absent property is false',
    filters: [
      ...compared('note', string('')),
      ...compared(ABSENT, string('a')),
      ...compared('toString', string('')),
    ],
  },
  {
    title: 'not is true of what is absent',
    filters: [
      not(is('note', 'eq', string(''))),
      not(is('note', 'ne', string(''))),
      not(not(is('note', 'ne', string('x')))),
      not(is('count64', 'gt', int64(0n))),
      not(is(ABSENT, 'eq', string('a'))),
      not(any(is('note', 'eq', string('x')), is('text', 'eq', string('a')))),
      not(all(is('note', 'eq', string('')), is('text', 'eq', string('b')))),
      any(not(is('count32', 'lt', int32(0))), is('note', 'eq', string(''))),
      not(is('ratio', 'le', double(0))),
    ],
  },
  {
    title: 'a comparison of unlike types is false, and its negation true',
    filters: [
      ...compared('text', int32(1), boolean(true), guid(ID)),
      ...compared('count32', string('5'), boolean(true)),
      ...compared('id', string(ID)),
      ...compared('at', string(DAY)),
      ...compared('flag', int32(1), string('true')),
      not(is('text', 'ne', int32(1))),
      not(is('count32', 'ne', string('5'))),
      keyIs('rowKey', 'ne', '5'),
    ],
  },
  {
    title: 'and, or and not combine',
    filters: [
      all(is('text', 'gt', string('')), is('flag', 'eq', boolean(true))),
      any(is('text', 'eq', string('a')), is('text', 'eq', string('b')), keyIs('rowKey', 'eq', '')),
      all(
        keyIs('partitionKey', 'eq', 'p'),
        any(is('count32', 'lt', int32(0)), is('count32', 'gt', int32(0))),
      ),
      any(
        all(keyIs('partitionKey', 'eq', 'p'), keyIs('rowKey', 'eq', 'some')),
        keyIs('partitionKey', 'gt', 'q'),
      ),
      not(all(keyIs('partitionKey', 'eq', 'p'), not(keyIs('rowKey', 'eq', 'some')))),
    ],
  },
  {
    title: 'names and texts need no quoting',
    filters: [
      is('with space', 'eq', string('a')),
      is('constructor', 'eq', string('b')),
      is("O'Brien", 'ne', string('x')),
      is('note', 'eq', string("it's")),
      is('text', 'ne', string("' or '1'='1")),
      is(ABSENT_QUOTED, 'eq', string('a')),
    ],
  },
];

/** T9: filters mean the same everywhere. */
export const filterCases: readonly ContractCase[] = [
  ...THEMES.map(({ title, filters }) =>
    contractCase(`filter: ${title}`, (subject) => checkFilters(subject, filters)),
  ),
  contractCase(
    'filter: numbers of all types in one property compare by their values',
    (subject) => checkFilters(subject, compared('mixed', ...NUMBERS)),
    anyPropertyName,
  ),
  contractCase(
    'filter: a name that no row has is absent from all of them',
    (subject) =>
      checkFilters(subject, [
        ...compared('no such name', string('')),
        ...compared('text"', string('a')),
        not(is('no such name', 'eq', string(''))),
        not(is('text"', 'ne', string('a'))),
      ]),
    anyPropertyName,
  ),
  contractCase('filter: a filter that no text means is refused', async (subject) => {
    const table = await subject.open();
    const meaningless = [
      all(is('text', 'eq', string('a'))),
      is('', 'eq', string('a')),
      is('text', 'eq', string('\ud800')),
      not(is('doc', 'eq', json('{}'))),
    ];
    for (const filter of meaningless) {
      await assertFails(table.scan({ filter }), 'TABLE_FILTER_INVALID');
      await assertFails(table.query('p', { filter }), 'TABLE_FILTER_INVALID');
    }
  }),
];

/** Scans and queries must give just the rows that the reference says each filter matches. */
async function checkFilters(subject: ContractSubject, filters: readonly Filter[]): Promise<void> {
  const table = await subject.open();
  const rows = ROWS.map((each) => holdablePart(table, each)).filter((each) => !table.problemOf(each));
  await fill(table, rows);
  const partition = rows.filter(({ partitionKey }) => partitionKey === 'p');
  for (const filter of filters) {
    const matches = (each: RowData) => matchesFilter(filter, each);
    const words = JSON.stringify(filter, (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    );
    assertRows(await scanAll(table, { filter }), rows.filter(matches), words);
    assertRows(await table.query('p', { filter }), partition.filter(matches), words);
  }
}

/** The row without the properties that this table cannot hold. */
function holdablePart(table: Table, { partitionKey, rowKey, properties }: RowData): RowData {
  const held = Object.entries(properties).filter(
    ([name, value]) => !table.problemOf(row(partitionKey, rowKey, { [name]: value })),
  );
  return row(partitionKey, rowKey, Object.fromEntries(held));
}
