import type { BatchPlace, Put } from './postgres-batch.ts';
import { storedText } from './postgres-codec.ts';
import type { PostgresFences } from './postgres-fences.ts';
import type { Statement } from './postgres-statement.ts';

/**
 * A batch of one write as the plain statement that a person would write, which costs the server half of what
 * {@link import('./postgres-batch.ts').batchText} does. Its result is of the same shape; nothing about it is ever vague.
 */
export function singleStatement(
  place: BatchPlace,
  { write, expects, encoded }: Put,
  fences: PostgresFences | undefined,
): Statement {
  const key = [storedText(write.partitionKey), storedText(write.rowKey)];
  const version = expects?.startsWith('=') ? [expects.slice(1)] : [];
  const values = [...key, ...(encoded === null ? [] : [encoded]), ...version];
  const passes = fences?.condition(values.length + 1);
  const text = textOf(place, expects, encoded === null, passes);
  return { text, values: [...values, ...(fences?.values ?? [])], prepared: true };
}

const KEY = 'partition_key = $1 and row_key = $2';

function textOf(
  { table, versions }: BatchPlace,
  expects: Put['expects'],
  deletes: boolean,
  passes: string | undefined,
): string {
  const version = expects?.startsWith('=') ? ` and version::text = $${deletes ? 3 : 4}` : '';
  const condition = passes === undefined ? version : `${version} and ${passes}`;
  if (deletes) {
    const gone = `with done as (delete from ${table} where ${KEY}${condition} returning version)`;
    return `${gone} select ${expects === null ? 'null::integer, null::boolean' : failure(table)}, false, null`;
  }
  return `with done as (${putText(table, versions, expects, condition, passes)} returning version) select ${failure(table)}, false, (select version from done)`;
}

function putText(
  table: string,
  versions: string,
  expects: Put['expects'],
  condition: string,
  passes: string | undefined,
): string {
  const stamp = `nextval(${versions})`;
  if (expects !== null && expects !== '!') {
    return `update ${table} set version = ${stamp}, properties = $3 where ${KEY}${condition}`;
  }
  const conflict =
    expects === '!'
      ? 'do nothing'
      : '(partition_key, row_key) do update set version = excluded.version, properties = excluded.properties';
  const row = `$1, $2, ${stamp}, $3`;
  const rows = passes === undefined ? `values (${row})` : `select ${row} where ${passes}`;
  return `insert into ${table} (partition_key, row_key, version, properties) ${rows} on conflict ${conflict}`;
}

/** The place of the write if it was not done, and then whether its row is there. */
function failure(table: string): string {
  const undone = 'not exists (select from done)';
  const present = `exists (select from ${table} where ${KEY})`;
  return `case when ${undone} then 0 end, case when ${undone} then ${present} end`;
}
