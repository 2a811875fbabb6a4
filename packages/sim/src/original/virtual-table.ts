import type { Model, Outcome } from '@changeover/tester';
import { propertiesAfter, reasonAgainst } from './memory-table.ts';
import {
  type BatchResult,
  compareKeys,
  type Filter,
  matches,
  type Properties,
  type Row,
  type Write,
} from './protocol/index.ts';

/** What an application asks for. */
export type Call =
  | { readonly kind: 'batch'; readonly partition: string; readonly writes: readonly Write[] }
  | { readonly kind: 'query'; readonly partition: string; readonly filter: Filter | undefined };

export type Answer = BatchResult | readonly Row[];

/** A call with its answer, once there is one: versions are the table's to choose, and are taken from there. */
export interface Asked {
  readonly call: Call;
  answer: Answer | undefined;
}

/** The row has another version from now on, and is the same otherwise. */
interface Moved {
  readonly moved: Row;
  readonly version: string;
}

export type Input = Asked | Moved;

/** The rows that an application believes to be there, by `partition/row`. Never changed, only replaced. */
export type Rows = ReadonlyMap<string, Row>;

export function rowsByKey(rows: readonly Row[]): Rows {
  return new Map(rows.map((row) => [`${row.partition}/${row.row}`, row]));
}

/** The one table that a migrating table must look like; it is told of versions that change by themselves. */
export function virtualTable(initial: Rows): Model<Rows, Input, Answer> {
  return { init: () => initial, step, equal: sameAnswer };
}

function step(rows: Rows, input: Input): Outcome<Rows, Answer> {
  if ('moved' in input) return move(rows, input.moved, input.version);
  const { call, answer } = input;
  return call.kind === 'query'
    ? { state: rows, output: rowsIn(rows, call.partition, call.filter) }
    : batch(rows, call.partition, call.writes, answer);
}

function rowsIn(rows: Rows, partition: string, filter: Filter | undefined): readonly Row[] {
  return [...rows.values()]
    .filter((row) => row.partition === partition && matches(row, filter))
    .toSorted(compareKeys);
}

/** A row that is said to have moved, and is not there, is one too many: it is left to the answers to show. */
function move(rows: Rows, { partition, row }: Row, version: string): Outcome<Rows, Answer> {
  const key = `${partition}/${row}`;
  const present = rows.get(key);
  const state = present ? new Map(rows).set(key, { ...present, version }) : rows;
  return { state, output: present ? { versions: [version] } : { failed: 0, reason: 'notFound' } };
}

function batch(
  rows: Rows,
  partition: string,
  writes: readonly Write[],
  answer: Answer | undefined,
): Outcome<Rows, Answer> {
  for (const [index, write] of writes.entries()) {
    const reason = reasonAgainst(write, rows.get(`${partition}/${write.row}`));
    if (reason) return { state: rows, output: { failed: index, reason } };
  }
  const given = answer && 'versions' in answer ? answer.versions : [];
  const state = new Map(rows);
  const versions = writes.map((write, index) => {
    const key = `${partition}/${write.row}`;
    const properties = propertiesAfter(write, state.get(key)?.properties);
    if (!properties) {
      state.delete(key);
      return undefined;
    }
    const version = given[index] ?? 'a version';
    state.set(key, { partition, row: write.row, properties, version });
    return version;
  });
  return { state, output: { versions } };
}

export function sameAnswer(one: Answer, other: Answer): boolean {
  if ('failed' in one) return 'failed' in other && one.failed === other.failed && one.reason === other.reason;
  if ('versions' in one) {
    return 'versions' in other && one.versions.every((version, index) => version === other.versions[index]);
  }
  return (
    isRows(other) &&
    one.length === other.length &&
    one.every((row, index) => sameRow(row, other[index] as Row))
  );
}

function isRows(answer: Answer): answer is readonly Row[] {
  return Array.isArray(answer);
}

export function sameRow(one: Row, other: Row): boolean {
  return (
    one === other ||
    (compareKeys(one, other) === 0 &&
      one.version === other.version &&
      sameProperties(one.properties, other.properties))
  );
}

export function sameProperties(one: Properties, other: Properties): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
