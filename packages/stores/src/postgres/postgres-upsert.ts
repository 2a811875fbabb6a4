import { type BatchPlace, batchValues, type Put } from './postgres-batch.ts';
import type { Statement } from './postgres-statement.ts';

/** Whether nothing can come between a batch and its effect: it expects nothing of its rows, and deletes none. */
export function isUpsert(batch: readonly Put[]): boolean {
  return batch.every(({ expects, encoded }) => expects === null && encoded !== null);
}

/**
 * Such a batch as the plain statement that a person would write, which looks at each row once. Its result is of the same
 * shape as that of {@link import('./postgres-batch.ts').batchText}.
 */
export function upsertStatement({ table, versions }: BatchPlace, batch: readonly Put[]): Statement {
  const text =
    `with stamp as materialized (select nextval(${versions}) as version), put as (` +
    `insert into ${table} (partition_key, row_key, version, properties) ` +
    'select $1, r, (select version from stamp), e from unnest($2::text[], $3::text[]) as input(r, e) ' +
    'on conflict (partition_key, row_key) ' +
    'do update set version = excluded.version, properties = excluded.properties' +
    ') select null::integer, null::boolean, false, version from stamp';
  const [partition, keys, , encodings] = batchValues(batch[0]?.write.partitionKey ?? '', batch, false);
  return { text, values: [partition ?? null, keys ?? null, encodings ?? null], prepared: true };
}
