import type { ValueType } from 'changeover/table';
import { type MappedConfig } from '../layout/index.ts';
import { quoteName } from './sqlite-names.ts';

/** A CREATE TABLE that the mapping fits. The columns of properties that it does not name are for a person to add. */
export function suggestTable(table: string, { partitionKey, rowKey, version, types }: MappedConfig): string {
  const keys = [...partitionKey, ...rowKey].map(quoteName);
  const columns = [
    ...keys.map((name) => `${name} TEXT NOT NULL`),
    ...(version === undefined ? [] : [`${quoteName(version)} INTEGER NOT NULL DEFAULT 1`]),
    ...[...types].map(([name, type]) => `${quoteName(name)} ${DECLARED[type]}`),
    '…',
    `PRIMARY KEY (${keys.join(', ')})`,
  ];
  return `create table ${quoteName(table)} (${columns.join(', ')})`;
}

const DECLARED: Readonly<Record<ValueType, string>> = {
  string: 'TEXT',
  boolean: 'INTEGER',
  int32: 'INTEGER',
  int64: 'INTEGER',
  double: 'REAL',
  decimal: 'TEXT',
  datetime: 'TEXT',
  guid: 'TEXT',
  binary: 'BLOB',
  json: 'TEXT',
};
