import {
  compareKeys,
  formatKey,
  isChange,
  keyOf,
  refusal,
  type TableError,
  type Write,
} from 'changeover/table';
import { storedText } from './postgres-codec.ts';
import type { PostgresFences } from './postgres-fences.ts';
import { literalOf } from './postgres-names.ts';
import type { Parameter, StoredCells } from './postgres-statement.ts';

/**
 * What a write expects of its row, in the words of {@link batchText}: `*` that it is there, `!` that it is not, `=5`
 * that it has the version 5; null whatever there is.
 */
export type Expectation = string | null;

/** A write as one statement takes it. */
export interface Put {
  readonly write: Write;
  readonly expects: Expectation;
  /** The canonical encoding of all properties that the row will have; null to delete it, or for a check. */
  readonly encoded: string | null;
}

export interface BatchPlace {
  /** As SQL names it. */
  readonly table: string;
  /** The sequence that gives versions, as a literal. */
  readonly versions: string;
}

/** What became of a batch. `vague`: it did nothing, see {@link batchText}. */
export type BatchOutcome =
  | { readonly kind: 'done'; readonly version: string }
  | { readonly kind: 'failed'; readonly index: number; readonly present: boolean }
  | { readonly kind: 'vague' };

/** True of a batch that is to take effect. What else a batch may come to depend on belongs into its CTE `verdict`. */
export const GOES_AHEAD = '(select failed is null and not vague from verdict)';

/**
 * One statement that checks the conditions of all writes of a batch, and does them all or none, in one round trip.
 * Parameters: partition key, row keys, expectations, encodings, which writes are checks, whether the table is locked, and
 * the places of the writes in the batch; then those of the fences, which are looked at first.
 *
 * The rows that are there are locked in the order that they come in, those that are only checked so that others can check
 * them too: `for key share` would let their versions change. A row that is not there cannot be locked: where
 * that matters, the row is inserted, and the server refuses if somebody else was faster. It matters as well to a delete
 * that expects nothing, beside other changes: the row might come into being before those are done. Then the statement
 * does nothing and calls the batch vague; with the table locked nothing is.
 */
export function batchText(
  { table, versions }: BatchPlace,
  note: string | undefined,
  parameters: readonly string[] = PARAMETERS,
  fences?: PostgresFences,
): string {
  const [partition, keys, expectations, encodings, checks, locked, places] = parameters;
  const fails =
    "case when x is null then false when x = '!' then present when x = '*' then not present " +
    'else v is distinct from substr(x, 2) end';
  const raises =
    parameters === PARAMETERS
      ? ''
      : `, case when failed is not null then ${raising('failed', '(select present from checked where i = failed)')} end`;
  const passes = fences?.condition(PARAMETERS.length + 1);
  const row = `select t.version::text as v from ${table} t where t.partition_key = ${partition} and t.row_key = input.r`;
  return `with input as materialized (
  select r, x, e, c, i from unnest(${keys}::text[], ${expectations}::text[], ${encodings}::text[], ${checks}::boolean[], ${places}::int[])
    as input(r, x, e, c, i)${passes === undefined ? '' : ` where ${passes}`}
), checked as materialized (
  select input.*, coalesce(held.v, shared.v) as v, coalesce(held.v, shared.v) is not null as present from input
  left join lateral (${row} and not input.c for update) as held on true
  left join lateral (${row} and input.c for share) as shared on true
), verdict as materialized (
  select min(i) filter (where ${fails}) as failed,
    count(*) filter (where not c) > 1 and not ${locked} and bool_or(e is null and x is null and not present) as vague
  from checked
), stamp as materialized (
  select nextval(${versions}) as version
), put as (
  insert into ${table} (partition_key, row_key, version, properties)
  select ${partition}, r, (select version from stamp), e from checked where e is not null and ${GOES_AHEAD}
  on conflict (partition_key, row_key)
  do update set version = excluded.version, properties = excluded.properties
), gone as (
  delete from ${table} where partition_key = ${partition}
  and row_key in (select r from checked where e is null and not c and present and ${GOES_AHEAD})
)${note === undefined ? '' : `, noted as (${note})`}
select failed, (select present from checked where i = failed), vague, (select version from stamp)${raises} from verdict`;
}

const PARAMETERS = ['$1', '$2', '$3', '$4', '$5', '$6', '$7'];

const FAILED = 'changeover: condition failed';

/** An expression that fails, and says so of the write with the place `failed`, whose row is there or not. */
export function raising(failed: string, present: string): string {
  return `('${FAILED}, ' || ${failed} || ' ' || ${present})::integer`;
}

/**
 * A batch of one write as a text without parameters, which fails where its condition does: for statements that are sent
 * together, and must not go on then. {@link raisedFailure} reads the error.
 */
export function raisingText(place: BatchPlace, note: string | undefined, put: Put, index: number): string {
  const values = batchValues(put.write.partitionKey, [put], false);
  return batchText(place, note, [...values.slice(0, -1), [index]].map(literalOf));
}

/** The place of the write whose condition failed, and whether its row is there; undefined for any other error. */
export function raisedFailure(
  message: string,
): { readonly index: number; readonly present: boolean } | undefined {
  const [, index, present] = new RegExp(`${FAILED}, (\\d+) (\\w+)`).exec(message) ?? [];
  return index === undefined ? undefined : { index: Number(index), present: present === 'true' };
}

/** The writes in the order of their keys: so all batches lock rows in one order, and wait for each other in no circle. */
export function batchValues(
  partitionKey: string,
  batch: readonly Put[],
  locked: boolean,
): readonly Parameter[] {
  const places = batch.map((_, index) => index);
  places.sort((a, b) => compareKeys((batch[a] as Put).write, (batch[b] as Put).write));
  const puts = places.map((place) => batch[place] as Put);
  return [
    storedText(partitionKey),
    puts.map(({ write }) => storedText(write.rowKey)),
    puts.map(({ expects }) => expects),
    puts.map(({ encoded }) => encoded),
    puts.map(({ write }) => !isChange(write)),
    locked,
    places,
  ];
}

export function outcomeOf([failed, present, vague, version]: StoredCells): BatchOutcome {
  if (failed !== null && failed !== undefined) {
    return { kind: 'failed', index: Number(failed), present: present === 't' };
  }
  return vague === 't' ? { kind: 'vague' } : { kind: 'done', version: String(version) };
}

/** What a write expects by its kind and condition. */
export function expectationOf(write: Write): Expectation {
  if (write.kind === 'insert') return '!';
  const condition = 'condition' in write ? write.condition : undefined;
  if (condition === undefined) return null;
  return condition === '*' ? '*' : `=${condition}`;
}

/** The error of a batch whose write `index` met a row, or the lack of one, that it does not expect. */
export function conditionFailed(write: Write, index: number, present: boolean): TableError {
  const details = { index, key: keyOf(write) };
  const subject = `write ${index}: row ${formatKey(write)}`;
  if (write.kind === 'insert') return refusal('TABLE_ROW_EXISTS', `${subject} exists`, details);
  if (!present) return refusal('TABLE_ROW_ABSENT', `${subject} does not exist`, details);
  return refusal('TABLE_VERSION_MISMATCH', `${subject} has another version`, details);
}
