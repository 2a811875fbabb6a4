import type { Action, Condition, PlannedWrite, Program } from './program.ts';

const ROW = 'a';

/** One call of each kind, on the one row that there is, or is not. */
const CALLS: Readonly<Record<string, (happy: boolean) => Action>> = {
  insert: write('insert'),
  'replace any': write('replace'),
  'replace first': write('replace', 'first'),
  'merge any': write('merge'),
  'merge first': write('merge', 'first'),
  'delete any': write('delete'),
  'delete first': write('delete', 'first'),
  insertOrReplace: write('insertOrReplace'),
  insertOrMerge: write('insertOrMerge'),
  deleteIfExists: write('deleteIfExists'),
  query: () => ({ kind: 'query', partition: 'p', filter: undefined }),
  'query with filter': () => ({ kind: 'query', partition: 'p', filter: { property: 'happy', equals: true } }),
};

const STREAMS: typeof CALLS = {
  stream: () => ({ kind: 'stream', filter: undefined }),
  'stream with filter': () => ({ kind: 'stream', filter: { property: 'happy', equals: true } }),
};

/** Two applications with one call each. */
export interface Pair {
  readonly name: string;
  readonly program: Program;
}

/** Every two kinds of batches and queries, on a row that there is, and on one that there is not. */
export const PAIRS: readonly Pair[] = pairsOf(['a'], (index) => Object.entries(CALLS).slice(index));

/** Every kind of batch and query beside every kind of stream; there is another row, for the stream to stand at. */
export const STREAM_PAIRS: readonly Pair[] = pairsOf(['a', 'b'], () => Object.entries(STREAMS));

function pairsOf(
  rowKeys: readonly string[],
  othersOf: (index: number) => readonly (readonly [string, (happy: boolean) => Action])[],
): Pair[] {
  return Object.entries(CALLS).flatMap(([name, call], index) =>
    othersOf(index).flatMap(([otherName, other]) =>
      [true, false].map((present): Pair => {
        const there = rowKeys.filter((row) => row !== ROW || present);
        const rows = there.map((row) => ({ partition: 'p', row, happy: true }));
        const clients = [[call(false)], [other(true)]];
        return {
          name: `${name} | ${otherName}, row ${present ? 'present' : 'absent'}`,
          program: { partitions: ['p'], rowKeys, rows, clients },
        };
      }),
    ),
  );
}

function write(kind: PlannedWrite['kind'], condition: Condition = 'any'): (happy: boolean) => Action {
  return (happy) => ({ kind: 'batch', partition: 'p', writes: [{ kind, row: ROW, happy, condition }] });
}
