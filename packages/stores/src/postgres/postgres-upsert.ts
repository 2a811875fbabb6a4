import { isChange } from 'changeover/table';
import { type BatchPlace, batchValues, type Put, raising } from './postgres-batch.ts';
import type { Statement } from './postgres-statement.ts';

/**
 * Whether nothing can come between a batch and its effect: it expects nothing of the rows that it changes, and deletes
 * none. It may check one row; of several, one statement could not tell which failed first.
 */
export function isUpsert(batch: readonly Put[]): boolean {
  const changes = batch.filter(({ write }) => isChange(write));
  return (
    batch.length - changes.length <= 1 &&
    changes.every(({ expects, encoded }) => expects === null && encoded !== null)
  );
}

/**
 * Such a batch as the plain statement that a person would write, which looks at each row once. Its result is of the same
 * shape as that of {@link import('./postgres-batch.ts').batchText}; a check that fails, fails the statement, as
 * {@link import('./postgres-batch.ts').raisedFailure} tells.
 */
export function upsertStatement(place: BatchPlace, batch: readonly Put[]): Statement {
  const [partition = null, keys = null, expectations = null, encodings = null, , , places = null] =
    batchValues(batch[0]?.write.partitionKey ?? '', batch, false);
  const checks = batch.some(({ write }) => !isChange(write));
  return {
    text: textOf(place, checks ? checkedRows(place) : ROWS),
    values: [partition, keys, encodings, ...(checks ? [expectations, places] : [])],
    prepared: true,
  };
}

function textOf({ table, versions }: BatchPlace, rows: string): string {
  return (
    `with stamp as materialized (select nextval(${versions}) as version), put as (` +
    `insert into ${table} (partition_key, row_key, version, properties) ` +
    `select $1, r, (select version from stamp), e from ${rows} ` +
    'on conflict (partition_key, row_key) ' +
    'do update set version = excluded.version, properties = excluded.properties' +
    ') select null::integer, null::boolean, false, version from stamp'
  );
}

const ROWS = 'unnest($2::text[], $3::text[]) as input(r, e)';

/** The row that is checked is locked when its turn comes among those that are put, so that the order is that of the keys. */
function checkedRows({ table }: BatchPlace): string {
  return (
    'unnest($2::text[], $3::text[], $4::text[], $5::int[]) as input(r, e, x, i) left join lateral (' +
    `select t.version::text as v from ${table} t ` +
    'where input.x is not null and t.partition_key = $1 and t.row_key = input.r for share' +
    ') as shared on true where case when x is null then true ' +
    `when v is null or (x <> '*' and v <> substr(x, 2)) then ${raising('i', '(v is not null)')} is null else false end`
  );
}
