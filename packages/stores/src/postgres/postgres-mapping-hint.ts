import { refusal } from 'changeover/table';
import { formatMappedConfig } from '../layout/index.ts';
import type { Runs } from './postgres-registry.ts';

/**
 * What to tell somebody who named an application's table without a mapping: the URL to write instead, built from its
 * primary key. `url` is the store's, with its own parameters.
 */
export async function mappingRequired(run: Runs, schema: string, table: string, url: string): Promise<Error> {
  const [first, ...rest] = await primaryKeyOf(run, schema, table);
  const fragment = encodeURIComponent(table);
  const start = `${url}${url.includes('?') ? '&' : '?'}`;
  const subject = `${JSON.stringify(table)} is an application's table`;
  if (first === undefined) {
    return refusal(
      'TABLE_MAPPING_REQUIRED',
      `${subject}, and has no primary key to tell its rows apart by`,
      {},
      `If columns of it are NOT NULL and unique together, name them: ` +
        quoted(`${start}partitionKey=COLUMN&rowKey=COLUMN#${fragment}`),
    );
  }
  const config = {
    partitionKey: rest.length === 0 ? [] : [first],
    rowKey: rest.length === 0 ? [first] : rest,
    version: undefined,
    types: new Map(),
  };
  const mapped = `${start}${formatMappedConfig(config)}#${fragment}`;
  const message = `${subject}; say which of its columns are the keys`;
  return refusal('TABLE_MAPPING_REQUIRED', message, { url: mapped }, `Write ${quoted(mapped)}`);
}

/** Ready to be pasted into a shell, in which a quote would end the quoting. */
function quoted(url: string): string {
  return `'${url.replaceAll("'", '%27')}'`;
}

async function primaryKeyOf(run: Runs, schema: string, table: string): Promise<readonly string[]> {
  const text =
    'select a.attname from pg_index i join pg_class c on c.oid = i.indrelid ' +
    'join pg_namespace n on n.oid = c.relnamespace ' +
    'cross join lateral unnest(i.indkey) with ordinality as k(attnum, place) ' +
    'join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum ' +
    'where n.nspname = $1 and c.relname = $2 and i.indisprimary order by k.place';
  return (await run({ text, values: [schema, table] })).map(([name]) => String(name));
}
