import type { ValueType } from 'changeover/table';
import type { MappedConfig } from '../layout/index.ts';
import { quoteName } from './postgres-names.ts';

/** A CREATE TABLE that the mapping fits. The columns of properties that it does not name are for a person to add. */
export function suggestTable(table: string, { partitionKey, rowKey, version, types }: MappedConfig): string {
  const keys = [...partitionKey, ...rowKey].map(quoteName);
  const columns = [
    ...keys.map((name) => `${name} text collate "C" not null`),
    ...(version === undefined ? [] : [`${quoteName(version)} bigint not null default 1`]),
    ...[...types].map(([name, type]) => `${quoteName(name)} ${DECLARED[type]}`),
    '…',
    `primary key (${keys.join(', ')})`,
  ];
  return `create table ${quoteName(table)} (${columns.join(', ')})`;
}

const DECLARED: Readonly<Record<ValueType, string>> = {
  string: 'text',
  boolean: 'boolean',
  int32: 'integer',
  int64: 'bigint',
  double: 'double precision',
  decimal: 'numeric',
  datetime: 'timestamptz',
  guid: 'uuid',
  binary: 'bytea',
  json: 'json',
};
