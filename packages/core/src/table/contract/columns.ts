import type { ValueType } from '../value.ts';

/**
 * Every property name that the suite writes where a table's columns are fixed, and its type. A mapped subject creates
 * its table with the columns that it can have; `text` and `note` it must have. All of them may be absent.
 */
export const CONTRACT_COLUMNS = {
  text: 'string',
  note: 'string',
  flag: 'boolean',
  count32: 'int32',
  count64: 'int64',
  ratio: 'double',
  amount: 'decimal',
  at: 'datetime',
  id: 'guid',
  bytes: 'binary',
  doc: 'json',
  constructor: 'string',
  toString: 'string',
  select: 'string',
  'with space': 'string',
  "O'Brien": 'string',
  '"quoted"': 'string',
  'dotted.name': 'string',
  '50%': 'string',
  größe: 'string',
  数: 'string',
  '😀': 'string',
} as const satisfies Readonly<Record<string, ValueType>>;

export type ColumnName = keyof typeof CONTRACT_COLUMNS;

/** The column that the suite uses for values of each type. */
export const COLUMN_OF_TYPE: Readonly<Record<ValueType, ColumnName>> = {
  string: 'text',
  boolean: 'flag',
  int32: 'count32',
  int64: 'count64',
  double: 'ratio',
  decimal: 'amount',
  datetime: 'at',
  guid: 'id',
  binary: 'bytes',
  json: 'doc',
};
