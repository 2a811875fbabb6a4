import type { Model, Outcome } from '@changeover/tester';
import { propertiesAfter, reasonAgainst } from './memory-table.ts';
import { ANY, compareKeys, matches, type Properties, type Row, type Write } from './protocol/index.ts';
import {
  type Answer,
  type Asked,
  type Call,
  type Rows,
  sameAnswer,
  sameProperties,
} from './virtual-table.ts';

interface Cell {
  /** Undefined if there is no row. */
  readonly properties: Properties | undefined;
  /** Undefined if it was seen to have changed, and not yet to what. */
  readonly version: string | undefined;
  /** Versions that the row had, and will not have again. */
  readonly past: readonly string[];
}

/** By `partition/row`. */
type Cells = ReadonlyMap<string, Cell>;

const NEVER: Cell = { properties: undefined, version: undefined, past: [] };

/**
 * The same table for a judge who was told nothing but calls and answers. A version may change by itself at any time, but
 * to one that the row never had: so an answer says which version there was, or that it was another.
 */
export function blackBox(initial: Rows): Model<Cells, Readonly<Asked>, Answer> {
  const cells = new Map(
    [...initial].map(([key, { properties, version }]) => [key, { properties, version, past: [] }]),
  );
  return {
    init: () => cells,
    step: (state, { call, answer }) => {
      if (!answer) return [];
      return (call.kind === 'query' ? query(state, call, answer) : batch(state, call, answer)) ?? [];
    },
    equal: sameAnswer,
    key: (state) => JSON.stringify([...state]),
    partition: ({ call }) => call.partition,
  };
}

type Step = Outcome<Cells, Answer> | undefined;

function query(cells: Cells, { partition, filter }: Call & { kind: 'query' }, answer: Answer): Step {
  if (!isRows(answer)) return undefined;
  const state = new Map(cells);
  const expected: Row[] = [];
  for (const [key, { properties }] of cells) {
    if (properties && key.startsWith(`${partition}/`)) {
      expected.push({ partition, row: key.slice(partition.length + 1), properties, version: '' });
    }
  }
  const wanted = expected.filter((row) => matches(row, filter)).toSorted(compareKeys);
  if (wanted.length !== answer.length) return undefined;
  for (const [index, row] of answer.entries()) {
    const other = wanted[index] as Row;
    const seen = hasVersion(state, `${partition}/${row.row}`, row.version);
    if (!seen || compareKeys(row, other) !== 0 || !sameProperties(row.properties, other.properties))
      return undefined;
  }
  return { state, output: answer };
}

/** Takes the row to have that version, if it can have. */
function hasVersion(cells: Map<string, Cell>, key: string, version: string): boolean {
  const cell = cells.get(key);
  if (!cell?.properties || cell.past.includes(version)) return false;
  cells.set(key, withVersion(cell, version));
  return true;
}

function withVersion(cell: Cell, version: string | undefined): Cell {
  if (cell.version === version) return cell;
  return { ...cell, version, past: cell.version === undefined ? cell.past : [...cell.past, cell.version] };
}

function batch(cells: Cells, { partition, writes }: Call & { kind: 'batch' }, answer: Answer): Step {
  const state = new Map(cells);
  if ('failed' in answer) {
    const fails = writes.slice(0, answer.failed).every((write) => may(state, partition, write, undefined));
    return fails && may(state, partition, writes[answer.failed] as Write, answer.reason)
      ? { state, output: answer }
      : undefined;
  }
  if (isRows(answer) || !writes.every((write) => may(state, partition, write, undefined))) return undefined;
  for (const [index, write] of writes.entries()) {
    const key = `${partition}/${write.row}`;
    const cell = state.get(key) ?? NEVER;
    const version = answer.versions[index];
    const properties = propertiesAfter(write, cell.properties);
    const isRight = properties ? version !== undefined && version !== cell.version : version === undefined;
    if (!isRight || (version !== undefined && cell.past.includes(version))) return undefined;
    state.set(key, { ...withVersion(cell, version), properties });
  }
  return { state, output: answer };
}

/** Whether the write may end like this, and what that says of the row's version. */
function may(cells: Map<string, Cell>, partition: string, write: Write, reason: string | undefined): boolean {
  const key = `${partition}/${write.row}`;
  const cell = cells.get(key) ?? NEVER;
  const conditional = 'version' in write && write.version !== ANY && cell.properties;
  if (!conditional) return reasonAgainst(write, cell.properties && { version: '' }) === reason;
  if (reason === undefined) return hasVersion(cells, key, write.version);
  if (reason !== 'versionMismatch') return false;
  if (cell.version === write.version) cells.set(key, withVersion(cell, undefined));
  return true;
}

function isRows(answer: Answer): answer is readonly Row[] {
  return Array.isArray(answer);
}
