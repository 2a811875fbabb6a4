import { compareKeys, type Properties, propertyOf, type RowKey } from 'changeover/table';
import type { KeyValue } from '../layout/index.ts';
import { type Expectation, GOES_AHEAD } from './postgres-batch.ts';
import type { PostgresFences } from './postgres-fences.ts';
import { textOfValue } from './postgres-mapped-codec.ts';
import { unaltered } from './postgres-mapped-guard.ts';
import { versionSql } from './postgres-mapped-rows.ts';
import type { MappedSchema } from './postgres-mapped-schema.ts';
import { quoteName, quoteTable } from './postgres-names.ts';
import type { Parameter } from './postgres-statement.ts';

/** A write to a row of an application's table. */
export interface MappedPut {
  readonly key: RowKey;
  /** Undefined if no row can have the key. */
  readonly values: readonly KeyValue[] | undefined;
  readonly expects: Expectation;
  readonly does: 'put' | 'delete' | 'check';
  /** Of a row that is put. */
  readonly properties: Properties | undefined;
  /** Leaves the columns alone that `properties` does not name, if the row is there. */
  readonly merges: boolean;
}

/** How the server is made to refuse a statement as a whole; the message that it then gives has this in it. */
export const NOT_TAKEN = 'changeover: rows not taken';

/**
 * As {@link import('./postgres-batch.ts').batchText}, on the columns of an application's table. Parameters: whether the
 * table is locked, the places of the writes in the batch, expectations, which columns a row names, what is done with
 * it, for each column an array of texts, and the table's stamp; then those of the fences, which are looked at first.
 *
 * It is vague as well if there is a sidecar, which then has to be changed with it, as long as the table is not locked.
 *
 * A row that the table does not take, because of a trigger or because another row has the same unique columns, fails the
 * statement. The result has, besides what became of the batch, the version of each row that was written.
 */
export function mappedBatchText(
  schema: MappedSchema,
  sidecarExists: string,
  fences?: PostgresFences,
): string {
  const table = quoteTable(schema.schema, schema.table);
  const keys = schema.keyColumns.map((column, index) => ({ ...column, input: `k${index}` }));
  const columns = schema.properties.map((column, index) => ({ ...column, input: `c${index}`, index }));
  const inputs = ['x', 'm', 'does', ...keys.map(({ input }) => input), ...columns.map(({ input }) => input)];
  const arrays = inputs.map((_, index) => `$${index + 3}::text[]`);
  const stamp = inputs.length + 3;
  const passes = fences?.condition(stamp + 1);
  const same = (left: string) =>
    keys.map(({ name, input, cast }) => `${left}.${quoteName(name)} = input.${input}::${cast}`).join(' and ');
  const row = `select ${versionSql(schema, 't.')} as v from ${table} t where ${same('t')}`;
  const revision = schema.version === undefined ? undefined : quoteName(schema.version);
  const sets = [
    ...columns.map(
      ({ name, input, cast, index }) =>
        `${quoteName(name)} = case when substr(input.m, ${index + 1}, 1) = '1' then input.${input}::${cast} else t.${quoteName(name)} end`,
    ),
    ...(revision === undefined ? [] : [`${revision} = coalesce(t.${revision}, 0) + 1`]),
  ];
  // Without a column to set, setting a key to what it is still makes a new version of the row.
  const [key] = keys;
  if (sets.length === 0) sets.push(`${quoteName(key?.name ?? '')} = t.${quoteName(key?.name ?? '')}`);
  const names = [...keys, ...columns].map(({ name }) => quoteName(name));
  const values = [...keys, ...columns].map(({ input, cast }) => `input.${input}::${cast}`);
  const fails =
    "case when x is null then false when x = '!' then present when x = '*' then not present " +
    'else v is distinct from substr(x, 2) end';
  return `with input as materialized (
  select * from unnest($2::int[], ${arrays.join(', ')}) as input(i, ${inputs.join(', ')})
  where ${unaltered(schema, `$${stamp}`)}${passes === undefined ? '' : ` and ${passes}`}
), checked as materialized (
  select input.*, coalesce(held.v, shared.v) as v, coalesce(held.v, shared.v) is not null as present from input
  left join lateral (${row} and input.does <> 'check' for update) as held on true
  left join lateral (${row} and input.does = 'check' for share) as shared on true
), verdict as materialized (
  select min(i) filter (where ${fails}) as failed,
    not $1 and (${sidecarExists} or (count(*) filter (where does <> 'check') > 1 and bool_or(does = 'delete' and x is null and not present))) as vague
  from checked
), changed as (
  update ${table} t set ${sets.join(', ')} from checked input
  where ${same('t')} and input.does = 'put' and input.present and ${GOES_AHEAD}
  returning input.i, ${versionSql(schema, 't.')} as v
), added as (
  insert into ${table} (${[...names, ...(revision === undefined ? [] : [revision])].join(', ')}) overriding system value
  select ${[...values, ...(revision === undefined ? [] : ['1'])].join(', ')} from checked input
  where input.does = 'put' and not input.present and ${GOES_AHEAD}
  on conflict (${schema.unique.map(quoteName).join(', ')}) do nothing
  returning ${keys.map(({ name }) => quoteName(name)).join(', ')}, ${versionSql(schema)} as v
), deleted as (
  delete from ${table} t using checked input
  where ${same('t')} and input.does = 'delete' and input.present and ${GOES_AHEAD}
  returning input.i
), written as materialized (
  select i, v from changed
  union all select input.i, added.v from added join input on ${same('added')}
  union all select i, null from deleted
), expected as materialized (
  select count(*) filter (where (does = 'put' or (does = 'delete' and present)) and ${GOES_AHEAD}) as n from checked
)
select failed, (select present from checked where i = failed), vague,
  (select json_agg(json_build_array(i, v))::text from written),
  case when (select n from expected) <> (select count(*) from written)
    then ('${NOT_TAKEN}, ' || (select count(*) from written))::integer end
from verdict`;
}

export function mappedBatchValues(
  { keyColumns, properties }: MappedSchema,
  batch: readonly MappedPut[],
  { stamp, locked }: { readonly stamp: string; readonly locked: boolean },
): readonly Parameter[] {
  const places = batch.map((_, index) => index);
  places.sort((a, b) => compareKeys((batch[a] as MappedPut).key, (batch[b] as MappedPut).key));
  const puts = places.map((place) => batch[place] as MappedPut);
  const maskOf = (put: MappedPut) =>
    properties
      .map(({ name }) => (put.merges && !propertyOf(put.properties ?? {}, name) ? '0' : '1'))
      .join('');
  return [
    locked,
    places,
    puts.map(({ expects }) => expects),
    puts.map(maskOf),
    puts.map(({ does }) => does),
    ...keyColumns.map((_, index) => puts.map(({ values }) => (values ? String(values[index]) : null))),
    ...properties.map(({ name }) => puts.map((put) => textOf(put.properties, name))),
    stamp,
  ];
}

export function textOf(properties: Properties | undefined, name: string): string | null {
  const value = properties && propertyOf(properties, name);
  return value ? textOfValue(value) : null;
}

/** The versions that a batch gave its rows, by the place of the write. */
export function versionsOf(json: string | null | undefined): ReadonlyMap<number, string> {
  const pairs = JSON.parse(json ?? '[]') as [number, string | null][];
  return new Map(pairs.flatMap(([place, version]) => (version === null ? [] : [[place, version]])));
}
