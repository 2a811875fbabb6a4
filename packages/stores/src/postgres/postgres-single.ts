import { type BatchPlace, type Put, raising } from './postgres-batch.ts';
import { storedText } from './postgres-codec.ts';
import { literalOf } from './postgres-names.ts';
import type { Statement } from './postgres-statement.ts';

/**
 * A batch of one write as the plain statement that a person would write, which costs the server half of what
 * {@link import('./postgres-batch.ts').batchText} does. Its result is of the same shape; nothing about it is ever vague.
 */
export function singleStatement(place: BatchPlace, put: Put): Statement {
  const values = valuesOf(put);
  return {
    text: textOf(
      place,
      put,
      values.map((_, index) => `$${index + 1}`),
    ),
    values,
    prepared: true,
  };
}

/**
 * The same as a text without parameters, which fails where its condition does, as
 * {@link import('./postgres-batch.ts').raisingText}.
 */
export function singleRaisingText(place: BatchPlace, put: Put, index: number): string {
  return textOf(place, put, valuesOf(put).map(literalOf), index);
}

/** The key, then what the row will hold unless it is deleted, then the version that it must have if there is one. */
function valuesOf({ write, expects, encoded }: Put): readonly string[] {
  const key = [storedText(write.partitionKey), storedText(write.rowKey)];
  return [...key, ...(encoded === null ? [] : [encoded]), ...(hasVersion(expects) ? [expects.slice(1)] : [])];
}

function hasVersion(expects: Put['expects']): expects is string {
  return expects?.startsWith('=') === true;
}

/** `values` are as SQL names them. With `raises`, the place of the write in a failure that the statement is to make. */
function textOf(place: BatchPlace, put: Put, values: readonly string[], raises?: number): string {
  const { table, versions } = place;
  const { expects, encoded } = put;
  const [partition, row] = values;
  const key = `partition_key = ${partition} and row_key = ${row}`;
  const where = key + (hasVersion(expects) ? ` and version::text = ${values.at(-1)}` : '');
  const done =
    encoded === null
      ? `delete from ${table} where ${where}`
      : putText(table, versions, expects, where, values);
  const version = encoded === null ? 'null' : '(select version from done)';
  const fails = encoded !== null || expects !== null;
  const columns = fails ? failure(`exists (select from ${table} where ${key})`, raises) : NO_FAILURE;
  return `with done as (${done} returning version) select ${columns[0]}, false, ${version}${columns[1]}`;
}

const NO_FAILURE = ['null::integer, null::boolean', ''] as const;

function putText(
  table: string,
  versions: string,
  expects: Put['expects'],
  where: string,
  [partition, row, properties]: readonly string[],
): string {
  const stamp = `nextval(${versions})`;
  if (expects !== null && expects !== '!') {
    return `update ${table} set version = ${stamp}, properties = ${properties} where ${where}`;
  }
  const conflict =
    expects === '!'
      ? 'do nothing'
      : '(partition_key, row_key) do update set version = excluded.version, properties = excluded.properties';
  return (
    `insert into ${table} (partition_key, row_key, version, properties) ` +
    `values (${partition}, ${row}, ${stamp}, ${properties}) on conflict ${conflict}`
  );
}

/** The place of the write if it was not done, and then whether its row is there; and what fails then if that is asked. */
function failure(present: string, raises: number | undefined): readonly [columns: string, raise: string] {
  const undone = 'not exists (select from done)';
  return [
    `case when ${undone} then 0 end, case when ${undone} then ${present} end`,
    raises === undefined ? '' : `, case when ${undone} then ${raising(String(raises), present)} end`,
  ];
}
