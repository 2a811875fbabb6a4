import type { Action, Condition, Program } from './program.ts';

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

/** Two applications with one call each, and a row or none. */
export interface Pair {
  readonly name: string;
  readonly program: Program;
}

/** Every two kinds of batches and queries, with the row and without. */
export const PAIRS: readonly Pair[] = pairsOf(Object.entries(CALLS), (index) =>
  Object.entries(CALLS).slice(index),
);

/** Every kind of batch and query beside every kind of stream. */
export const STREAM_PAIRS: readonly Pair[] = pairsOf(Object.entries(CALLS), () => Object.entries(STREAMS));

type Entries = readonly (readonly [string, (happy: boolean) => Action])[];

function pairsOf(calls: Entries, othersOf: (index: number) => Entries): Pair[] {
  return calls.flatMap(([name, call], index) =>
    othersOf(index).flatMap(([otherName, other]) =>
      [true, false].map((present): Pair => {
        const rows = present ? [{ partition: 'p', row: 'a', happy: true }] : [];
        return {
          name: `${name} | ${otherName}, row ${present ? 'present' : 'absent'}`,
          program: { partitions: ['p'], rowKeys: ['a'], rows, clients: [[call(false)], [other(true)]] },
        };
      }),
    ),
  );
}

function write(
  kind: (Action & { kind: 'batch' })['writes'][number]['kind'],
  condition: Condition = 'any',
): (happy: boolean) => Action {
  return (happy) => ({ kind: 'batch', partition: 'p', writes: [{ kind, row: 'a', happy, condition }] });
}
