import type { Draw } from '@changeover/tester';
import type { Filter, Write } from './protocol/index.ts';

/** Which version a write asks for: any, the one that the row has when the call begins, its first, or one that never was. */
export type Condition = (typeof CONDITIONS)[number];

const CONDITIONS = ['any', 'current', 'first', 'wrong'] as const;

export interface PlannedWrite {
  readonly kind: Write['kind'];
  readonly row: string;
  readonly happy: boolean;
  /** Says nothing where the kind of write takes no version. */
  readonly condition: Condition;
}

export type Action =
  | { readonly kind: 'batch'; readonly partition: string; readonly writes: readonly PlannedWrite[] }
  | { readonly kind: 'query'; readonly partition: string; readonly filter: Filter | undefined }
  | { readonly kind: 'stream'; readonly filter: Filter | undefined };

interface PlannedRow {
  readonly partition: string;
  readonly row: string;
  readonly happy: boolean;
}

/** What is there before the migration, and what each application does while it happens. */
export interface Program {
  readonly partitions: readonly string[];
  /** The row keys that there may be in each partition. */
  readonly rowKeys: readonly string[];
  readonly rows: readonly PlannedRow[];
  readonly clients: readonly (readonly Action[])[];
}

/** How the random program is made. Chances and sizes: what comes first, and who does what, is never said. */
export interface Weights {
  readonly clients: number;
  readonly maxActions: number;
  readonly rows: readonly string[];
  readonly secondPartition: number;
  readonly stream: number;
  readonly query: number;
  readonly secondWrite: number;
}

export const DEFAULT_WEIGHTS: Weights = {
  clients: 2,
  maxActions: 2,
  rows: ['a', 'b', 'c', 'd'],
  secondPartition: 0.1,
  stream: 0.2,
  query: 0.3,
  secondWrite: 0.6,
};

/** Inserts and deletes count twice: whether there is a row at all is where things go wrong. */
const KINDS = [
  'insert',
  'insert',
  'replace',
  'merge',
  'delete',
  'delete',
  'insertOrReplace',
  'insertOrMerge',
  'deleteIfExists',
  'deleteIfExists',
] as const satisfies readonly Write['kind'][];

/** There or not with the same chance, so that a partition may be empty. One draw a row: so each shrinks by itself. */
const INITIAL_ROW: readonly (boolean | undefined)[] = [undefined, undefined, false, true];

const FILTERS: readonly (Filter | undefined)[] = [
  undefined,
  { property: 'happy', equals: true },
  { property: 'happy', equals: false },
];

export function drawProgram(draw: Draw, weights: Weights = DEFAULT_WEIGHTS): Program {
  const partitions = draw.chance(weights.secondPartition) ? ['p', 'q'] : ['p'];
  const rows = partitions.flatMap((partition) =>
    weights.rows.flatMap((row): PlannedRow[] => {
      const happy = draw.pick(INITIAL_ROW);
      return happy === undefined ? [] : [{ partition, row, happy }];
    }),
  );
  const clients = Array.from({ length: weights.clients }, () =>
    draw.list(1, weights.maxActions, () => drawAction(draw, partitions, weights)),
  );
  return { partitions, rowKeys: weights.rows, rows, clients };
}

function drawAction(draw: Draw, partitions: readonly string[], weights: Weights): Action {
  if (draw.chance(weights.stream)) return { kind: 'stream', filter: draw.pick(FILTERS) };
  const partition = draw.pick(partitions);
  if (draw.chance(weights.query)) return { kind: 'query', partition, filter: draw.pick(FILTERS) };
  const first = draw.int(weights.rows.length);
  const writes = [drawWrite(draw, weights.rows[first] as string)];
  if (draw.chance(weights.secondWrite)) {
    const second = (first + 1 + draw.int(weights.rows.length - 1)) % weights.rows.length;
    writes.push(drawWrite(draw, weights.rows[second] as string));
  }
  return { kind: 'batch', partition, writes };
}

function drawWrite(draw: Draw, row: string): PlannedWrite {
  return { kind: draw.pick(KINDS), row, happy: draw.boolean(), condition: draw.pick(CONDITIONS) };
}
