import type { BatchPlace, Put } from './postgres-batch.ts';
import { storedText } from './postgres-codec.ts';
import type { Statement } from './postgres-statement.ts';

/**
 * A batch of one write as the plain statement that a person would write, which costs the server half of what
 * {@link import('./postgres-batch.ts').batchText} does. Its result is of the same shape; nothing about it is ever vague.
 */
export function singleStatement(place: BatchPlace, { write, expects, encoded }: Put): Statement {
  const key = [storedText(write.partitionKey), storedText(write.rowKey)];
  const version = expects?.startsWith('=') ? [expects.slice(1)] : [];
  const values = [...key, ...(encoded === null ? [] : [encoded]), ...version];
  return { text: textOf(place, expects, encoded === null), values, prepared: true };
}

const KEY = 'partition_key = $1 and row_key = $2';

function textOf({ table, versions }: BatchPlace, expects: Put['expects'], deletes: boolean): string {
  const condition = expects?.startsWith('=') ? ` and version::text = $${deletes ? 3 : 4}` : '';
  if (deletes) {
    const gone = `with done as (delete from ${table} where ${KEY}${condition} returning version)`;
    return `${gone} select ${expects === null ? 'null::integer, null::boolean' : failure(table)}, false, null`;
  }
  return `with done as (${putText(table, versions, expects, condition)} returning version) select ${failure(table)}, false, (select version from done)`;
}

function putText(table: string, versions: string, expects: Put['expects'], condition: string): string {
  const stamp = `nextval(${versions})`;
  if (expects !== null && expects !== '!') {
    return `update ${table} set version = ${stamp}, properties = $3 where ${KEY}${condition}`;
  }
  const conflict =
    expects === '!'
      ? 'do nothing'
      : '(partition_key, row_key) do update set version = excluded.version, properties = excluded.properties';
  return `insert into ${table} (partition_key, row_key, version, properties) values ($1, $2, ${stamp}, $3) on conflict ${conflict}`;
}

/** The place of the write if it was not done, and then whether its row is there. */
function failure(table: string): string {
  const undone = 'not exists (select from done)';
  const present = `exists (select from ${table} where ${KEY})`;
  return `case when ${undone} then 0 end, case when ${undone} then ${present} end`;
}
