import { refusal } from 'changeover/table';
import { formatMappedConfig } from '../layout/index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { query } from './sqlite-rows.ts';

/**
 * What to tell somebody who named an application's table without a mapping: the URL to write instead, built from its
 * primary key. `url` is the store's, without parameters. Belongs inside a transaction.
 */
export function mappingRequired(connection: SqliteConnection, table: string, url: string): Error {
  const [first, ...rest] = primaryKeyOf(connection, table);
  const fragment = encodeURIComponent(table);
  const subject = `${JSON.stringify(table)} is an application's table`;
  if (first === undefined) {
    return refusal(
      'TABLE_MAPPING_REQUIRED',
      `${subject}, and has no primary key to tell its rows apart by`,
      {},
      `If columns of it are NOT NULL and unique together, name them: ` +
        quoted(`${url}?partitionKey=COLUMN&rowKey=COLUMN#${fragment}`),
    );
  }
  const config = {
    partitionKey: rest.length === 0 ? [] : [first],
    rowKey: rest.length === 0 ? [first] : rest,
    version: undefined,
    types: new Map(),
  };
  const mapped = `${url}?${formatMappedConfig(config)}#${fragment}`;
  const message = `${subject}; say which of its columns are the keys`;
  return refusal('TABLE_MAPPING_REQUIRED', message, { url: mapped }, `Write ${quoted(mapped)}`);
}

/** Ready to be pasted into a shell, in which a quote would end the quoting. */
function quoted(url: string): string {
  return `'${url.replaceAll("'", '%27')}'`;
}

function primaryKeyOf(connection: SqliteConnection, table: string): readonly string[] {
  const sql = 'select name from pragma_table_info(?) where pk > 0 order by pk';
  return (query(connection, sql).all(table) as [string][]).map(([name]) => name);
}
