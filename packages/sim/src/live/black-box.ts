import type { Model, Outcome } from '@changeover/tester';
import type { WriteKind } from 'changeover/table';
import type { Content } from './reference.ts';

/** A write as a client knows it. A version is named by the number of the write that gave it. */
export interface BoxWrite {
  readonly kind: WriteKind;
  readonly rowKey: string;
  readonly content: Content;
  /** 0 names no version. */
  readonly condition: number | '*' | undefined;
}

/** What a client asks of one partition. */
export type BoxInput =
  | { readonly type: 'batch'; readonly partitionKey: string; readonly writes: readonly BoxWrite[] }
  | { readonly type: 'get'; readonly partitionKey: string; readonly rowKey: string }
  | { readonly type: 'query'; readonly partitionKey: string; readonly flag: boolean | undefined };

/** What a client did, in a table of orders: `get`, `query`, or what all writes of its batch are. */
export function kindOf(input: BoxInput): string {
  if (input.type !== 'batch') return input.type;
  const [kind = 'nothing', ...others] = new Set(input.writes.map((each) => each.kind));
  return others.length > 0 ? 'batch of several kinds' : kind;
}

/** `done`, a refusal `CODE@index`, or rows as text. */
export type BoxOutput = string;

export type BoxState = ReadonlyMap<string, Content>;

/** The number of the write that a row's version comes from: each merge is later than what it merges into. */
export function numberOf({ written, merged }: Content): number {
  return merged ?? written ?? 0;
}

export function showRows(rows: Iterable<readonly [string, Content]>): BoxOutput {
  return [...rows]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([rowKey, { written, merged, flag }]) => `${rowKey}(${written},${merged},${flag})`)
    .join(' ');
}

/**
 * A table, as nobody knows more of it than what its callers saw. `stripped` says that versions may change once without a
 * write: then a condition that holds may also fail.
 */
export function tableModel(
  initial: ReadonlyMap<string, BoxState>,
  stripped: boolean,
): Model<Cell, BoxInput, BoxOutput> {
  return {
    init: () => ({ rows: undefined }),
    step: (cell, input) => stepOf(cell.rows ?? initial.get(input.partitionKey) ?? new Map(), input, stripped),
    equal: (expected, actual) => expected === actual,
    key: ({ rows }) => (rows ? showRows(rows) : undefined),
    partition: ({ partitionKey }) => partitionKey,
  };
}

/** The rows of one partition; undefined before its first operation. */
export interface Cell {
  readonly rows: BoxState | undefined;
}

function stepOf(rows: BoxState, input: BoxInput, stripped: boolean): Outcome<Cell, BoxOutput>[] {
  switch (input.type) {
    case 'get': {
      const row = rows.get(input.rowKey);
      return [{ state: { rows }, output: row ? showRows([[input.rowKey, row]]) : '' }];
    }
    case 'query': {
      const wanted = [...rows].filter(([, { flag }]) => input.flag === undefined || flag === input.flag);
      return [{ state: { rows }, output: showRows(wanted) }];
    }
    case 'batch':
      return stripped
        ? [write(rows, input.writes), ...mismatches(rows, input.writes)]
        : [write(rows, input.writes)];
  }
}

function write(rows: BoxState, writes: readonly BoxWrite[]): Outcome<Cell, BoxOutput> {
  const changed = new Map(rows);
  for (const [index, each] of writes.entries()) {
    const row = rows.get(each.rowKey);
    const code = refusalOf(each, row);
    if (code) return { state: { rows }, output: `${code}@${index}` };
    if (each.kind === 'delete') changed.delete(each.rowKey);
    else if (each.kind.toLowerCase().endsWith('merge')) {
      changed.set(each.rowKey, { ...row, ...defined(each.content) } as Content);
    } else changed.set(each.rowKey, each.content);
  }
  return { state: { rows: changed }, output: 'done' };
}

function mismatches(rows: BoxState, writes: readonly BoxWrite[]): Outcome<Cell, BoxOutput>[] {
  return writes.flatMap(({ condition }, index) =>
    typeof condition === 'number' ? [{ state: { rows }, output: `TABLE_VERSION_MISMATCH@${index}` }] : [],
  );
}

function refusalOf({ kind, condition }: BoxWrite, row: Content | undefined): string | undefined {
  if (kind === 'insert') return row && 'TABLE_ROW_EXISTS';
  if (condition === undefined) return undefined;
  if (!row) return 'TABLE_ROW_ABSENT';
  return condition === '*' || condition === numberOf(row) ? undefined : 'TABLE_VERSION_MISMATCH';
}

function defined(content: Content): Partial<Content> {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value !== undefined));
}
