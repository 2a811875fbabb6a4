import { isReservedTable, refusal } from 'changeover/table';
import { nearestName } from '../nearest-name.ts';
import { mappingRequired } from './postgres-mapping-hint.ts';
import { quoteTable } from './postgres-names.ts';
import { columnsOf, type PostgresRegistry, type Runs } from './postgres-registry.ts';

/** A schema with tables of our own layout, and how people call it. */
export interface OwnPlace {
  readonly schema: string;
  readonly registry: PostgresRegistry;
  /** For messages. */
  readonly location: string;
  /** How the user wrote the store, without its table; for hints. */
  readonly url: string;
}

/** Keys sort by their bytes, whatever the database's own collation; the encoding of properties is never compared. */
const COLUMNS =
  'partition_key text collate "C" not null, row_key text collate "C" not null, version bigint not null, ' +
  'properties text collate "C" not null';
const COLUMN_NAMES = 'partition_key,row_key,version,properties';

/**
 * Makes a table of our own layout. Belongs inside a transaction that sees what is fresh. Throws `TABLE_ALREADY_EXISTS`.
 */
export async function createTable(
  run: Runs,
  { schema, registry, location }: OwnPlace,
  name: string,
): Promise<void> {
  await registry.create(run);
  const kind = await kindOf(run, schema, name);
  if (kind !== undefined) {
    const message = `${location} has a ${kind} ${JSON.stringify(name)} already`;
    throw refusal('TABLE_ALREADY_EXISTS', message, { existing: name });
  }
  // Somebody may have dropped the table behind our back.
  await registry.remove(run, name);
  await registry.add(run, name);
  await run({
    text: `create table ${quoteTable(schema, name)} (${COLUMNS}, primary key (partition_key, row_key))`,
  });
}

/**
 * Drops a table of our own layout, its reserved rows with it; false if there is none. Belongs inside a transaction that
 * sees what is fresh. Throws `TABLE_NOT_SUPPORTED` for an application's table, and `TABLE_CORRUPT` for one of another
 * shape that somebody put in the place of ours.
 */
export async function dropTable(run: Runs, { schema, registry }: OwnPlace, name: string): Promise<boolean> {
  if ((await registry.find(run, name)) === undefined) {
    if ((await columnsOf(run, schema, name)) === undefined) return false;
    throw refusal(
      'TABLE_NOT_SUPPORTED',
      `${JSON.stringify(name)} is an application's table, and is not dropped`,
    );
  }
  const columns = await columnsOf(run, schema, name);
  if (columns !== undefined) {
    checkColumns(name, columns);
    await run({ text: `drop table ${quoteTable(schema, name)}` });
  }
  await registry.remove(run, name);
  return true;
}

/**
 * Throws unless `name` is a table of our own layout: `TABLE_MAPPING_REQUIRED` with the URL to write instead for an
 * application's; `TABLE_NOT_FOUND`; `TABLE_CORRUPT`; `TABLE_NOT_SUPPORTED`.
 */
export async function checkTable(run: Runs, place: OwnPlace, name: string): Promise<void> {
  const { schema, registry, location, url } = place;
  const columns = await columnsOf(run, schema, name);
  if ((await registry.find(run, name)) === undefined || columns === undefined) {
    const others = await registry.applicationTables(run);
    if (others.includes(name)) throw await mappingRequired(run, schema, name, url);
    const ours = (await registry.entries(run)).map((entry) => entry.name);
    throw tableNotFound(location, name, [...ours, ...others]);
  }
  checkColumns(name, columns);
}

/** `known` are the tables that there are; the hint names one of them that may have been meant. */
export function tableNotFound(location: string, name: string, known: readonly string[] = []): Error {
  const candidates = known.filter((other) => !isReservedTable(other));
  const near = nearestName(name, candidates);
  const hint =
    near === undefined ? undefined : `Did you mean ${JSON.stringify(near)}? Names are case-sensitive.`;
  return refusal('TABLE_NOT_FOUND', `${location} has no table ${JSON.stringify(name)}`, {}, hint);
}

function checkColumns(name: string, columns: string): void {
  if (columns === COLUMN_NAMES) return;
  throw refusal(
    'TABLE_CORRUPT',
    `table ${JSON.stringify(name)} has the columns ${columns}`,
    {},
    'It is not the table that Changeover made, and was left as it is.',
  );
}

/** What bears this name in the schema, in words; undefined if nothing does. */
async function kindOf(run: Runs, schema: string, name: string): Promise<string | undefined> {
  const text =
    'select c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace ' +
    'where n.nspname = $1 and c.relname = $2';
  const [row] = await run({ text, values: [schema, name] });
  if (!row) return undefined;
  return KINDS[String(row[0])] ?? 'relation';
}

const KINDS: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'table',
  f: 'foreign table',
  v: 'view',
  m: 'materialized view',
  i: 'index',
  S: 'sequence',
};
