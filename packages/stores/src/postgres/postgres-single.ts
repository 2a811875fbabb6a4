import { type BatchPlace, type Put, raising } from './postgres-batch.ts';
import { storedText } from './postgres-codec.ts';
import type { PostgresFences } from './postgres-fences.ts';
import { literalOf } from './postgres-names.ts';
import type { Statement } from './postgres-statement.ts';

/**
 * A batch of one write as the plain statement that a person would write, which costs the server half of what
 * {@link import('./postgres-batch.ts').batchText} does. Its result is of the same shape; nothing about it is ever vague.
 */
export function singleStatement(place: BatchPlace, put: Put, fences: PostgresFences | undefined): Statement {
  const values = valuesOf(put);
  const names = values.map((_, index) => `$${index + 1}`);
  const text = textOf(place, put, names, { passes: fences?.condition(values.length + 1) });
  return { text, values: [...values, ...(fences?.values ?? [])], prepared: true };
}

/**
 * The same as a text without parameters, which fails where its condition does, as
 * {@link import('./postgres-batch.ts').raisingText}.
 */
export function singleRaisingText(place: BatchPlace, put: Put, index: number): string {
  return textOf(place, put, valuesOf(put).map(literalOf), { raises: index });
}

/** What a statement does besides. */
interface Besides {
  /** A condition that fails the statement unless it holds. */
  readonly passes?: string | undefined;
  /** The place of the write in a failure that the statement is to make. */
  readonly raises?: number;
}

/** The key, then what the row will hold unless it is deleted, then the version that it must have if there is one. */
function valuesOf({ write, expects, encoded }: Put): readonly string[] {
  const key = [storedText(write.partitionKey), storedText(write.rowKey)];
  return [...key, ...(encoded === null ? [] : [encoded]), ...(hasVersion(expects) ? [expects.slice(1)] : [])];
}

function hasVersion(expects: Put['expects']): expects is string {
  return expects?.startsWith('=') === true;
}

/** `values` are as SQL names them. */
function textOf(place: BatchPlace, put: Put, values: readonly string[], { passes, raises }: Besides): string {
  const { table } = place;
  const { expects, encoded } = put;
  const [partition, row] = values;
  const key = `partition_key = ${partition} and row_key = ${row}`;
  const version = hasVersion(expects) ? ` and version::text = ${values.at(-1)}` : '';
  const where = key + version + (passes === undefined ? '' : ` and ${passes}`);
  const done =
    put.write.kind === 'check'
      ? `select version from ${table} where ${where} for share`
      : `${encoded === null ? `delete from ${table} where ${where}` : putText(place, expects, where, values, passes)} returning version`;
  const stamped = encoded === null ? 'null' : '(select version from done)';
  const fails = encoded !== null || expects !== null;
  const columns = fails ? failure(`exists (select from ${table} where ${key})`, raises) : NO_FAILURE;
  return `with done as (${done}) select ${columns[0]}, false, ${stamped}${columns[1]}`;
}

const NO_FAILURE = ['null::integer, null::boolean', ''] as const;

function putText(
  { table, versions }: BatchPlace,
  expects: Put['expects'],
  where: string,
  [partition, key, properties]: readonly string[],
  passes: string | undefined,
): string {
  const stamp = `nextval(${versions})`;
  if (expects !== null && expects !== '!') {
    return `update ${table} set version = ${stamp}, properties = ${properties} where ${where}`;
  }
  const conflict =
    expects === '!'
      ? 'do nothing'
      : '(partition_key, row_key) do update set version = excluded.version, properties = excluded.properties';
  const row = `${partition}, ${key}, ${stamp}, ${properties}`;
  const rows = passes === undefined ? `values (${row})` : `select ${row} where ${passes}`;
  return `insert into ${table} (partition_key, row_key, version, properties) ${rows} on conflict ${conflict}`;
}

/** The place of the write if it was not done, and then whether its row is there; and what fails then if that is asked. */
function failure(present: string, raises: number | undefined): readonly [columns: string, raise: string] {
  const undone = 'not exists (select from done)';
  return [
    `case when ${undone} then 0 end, case when ${undone} then ${present} end`,
    raises === undefined ? '' : `, case when ${undone} then ${raising(String(raises), present)} end`,
  ];
}
