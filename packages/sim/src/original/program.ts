import type { Draw } from '@changeover/tester';
import type { Filter, Write } from './protocol/index.ts';

/** Which version a write asks for: any, the one that the row has when the call begins, its first, or one that never was. */
export type Condition = 'any' | 'current' | 'first' | 'wrong';

export interface PlannedWrite {
  readonly kind: Write['kind'];
  readonly row: string;
  readonly happy: boolean;
  readonly condition: Condition;
}

export type Action =
  | { readonly kind: 'batch'; readonly partition: string; readonly writes: readonly PlannedWrite[] }
  | { readonly kind: 'query'; readonly partition: string; readonly filter: Filter | undefined }
  | { readonly kind: 'stream'; readonly filter: Filter | undefined };

export interface PlannedRow {
  readonly partition: string;
  readonly row: string;
  readonly happy: boolean;
}

/** What is there before the migration, and what each application does while it happens. */
export interface Program {
  readonly partitions: readonly string[];
  readonly rows: readonly PlannedRow[];
  readonly clients: readonly (readonly Action[])[];
}

/** How the random program is made. Chances and sizes: what comes first, and who does what, is never said. */
export interface Weights {
  readonly clients: number;
  readonly maxActions: number;
  readonly rows: readonly string[];
  readonly secondPartition: number;
  readonly rowPresent: number;
  readonly stream: number;
  readonly query: number;
  readonly secondWrite: number;
}

export const DEFAULT_WEIGHTS: Weights = {
  clients: 2,
  maxActions: 2,
  rows: ['a', 'b', 'c', 'd'],
  secondPartition: 0.15,
  rowPresent: 0.5,
  stream: 0.25,
  query: 0.3,
  secondWrite: 0.3,
};

const KINDS = [
  'insert',
  'replace',
  'merge',
  'delete',
  'insertOrReplace',
  'insertOrMerge',
  'deleteIfExists',
] as const satisfies readonly Write['kind'][];

const FILTERS: readonly (Filter | undefined)[] = [
  undefined,
  { property: 'happy', equals: true },
  { property: 'happy', equals: false },
];

export function drawProgram(draw: Draw, weights: Weights = DEFAULT_WEIGHTS): Program {
  const partitions = draw.chance(weights.secondPartition) ? ['p', 'q'] : ['p'];
  const rows = partitions.flatMap((partition) =>
    weights.rows.flatMap((row): PlannedRow[] =>
      draw.chance(weights.rowPresent) ? [{ partition, row, happy: draw.boolean() }] : [],
    ),
  );
  const clients = Array.from({ length: weights.clients }, () =>
    draw.list(1, weights.maxActions, () => drawAction(draw, partitions, weights)),
  );
  return { partitions, rows, clients };
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
  const kind = draw.pick(KINDS);
  const conditional = kind === 'replace' || kind === 'merge' || kind === 'delete';
  return {
    kind,
    row,
    happy: draw.boolean(),
    condition: conditional ? draw.pick(['any', 'current', 'first', 'wrong'] as const) : 'any',
  };
}
