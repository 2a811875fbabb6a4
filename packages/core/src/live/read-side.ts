import { isCode } from '../std/index.ts';
import {
  type Filter,
  isReservedRow,
  type OperationOptions,
  type QueryOptions,
  type Row,
  type Table,
  TableError,
} from '../table/index.ts';
import { anyOf, IS_META, keysAre } from './filters.ts';
import { isMeta, metaOf, type SeenMeta } from './meta.ts';
import { partitionPages } from './partition-pages.ts';
import { HIDDEN, type PhysicalRow, physicalRow } from './physical-row.ts';
import { atOnce, type Loneliness } from './read-in-parts.ts';
import type { Side, Sides } from './side.ts';

/** What one atomic query told of a partition on one side. */
export interface SideView {
  readonly meta: SeenMeta | undefined;
  readonly rows: ReadonlyMap<string, PhysicalRow>;
}

/** Who reads: a client in its phase, or a worker. */
export interface Reader extends Loneliness {
  readonly sides: Sides;
}

export interface Wanted extends OperationOptions {
  /** Which rows; all of them if there is no filter. The meta comes in any case. */
  readonly filter?: Filter | undefined;
  /** The application's properties that are needed; all of them if not given. */
  readonly select?: readonly string[] | undefined;
}

/**
 * Reads rows of a partition and its meta as of one instant: what the meta says held when the rows were as they are given.
 * Everything that the protocol concludes rests on that. It is one query, or several where one answer cannot hold it all, and the
 * store gives no larger one.
 *
 * Throws `TABLE_QUERY_TOO_LARGE` if several would not be of one instant, and `TABLE_THROTTLED` if they never are.
 */
export async function readSide(
  { sides, lone }: Reader,
  side: Side,
  partitionKey: string,
  { filter, select, signal }: Wanted,
): Promise<SideView> {
  const table = sides[side];
  const asked = {
    ...(filter ? { filter: anyOf([IS_META, filter]) } : {}),
    ...(select ? { select: [...select, ...HIDDEN, ...META_NAMES] } : {}),
    ...(signal ? { signal } : {}),
  };
  const oneAnswer = (rows: readonly Row[]) => {
    const meta = rows.find(isMeta);
    return viewOf(side, meta && metaOf(meta), rows);
  };
  try {
    return oneAnswer(await table.query(partitionKey, asked));
  } catch (error) {
    if (!isCode(error, 'TABLE_QUERY_TOO_LARGE')) throw error;
    if (table.manifest.snapshotRead) {
      return oneAnswer(await table.query(partitionKey, { ...asked, whole: true }));
    }
    const ask = { lone, ...(signal ? { signal } : {}) };
    const read = () => rowsOf(table, partitionKey, asked);
    const parts = await atOnce(table, partitionKey, ask, read);
    if (parts.kind === 'read') return viewOf(side, parts.meta, parts.rows);
    throw parts.kind === 'busy' ? tooBusy(partitionKey) : error;
  }
}

async function rowsOf(table: Table, partitionKey: string, wanted: QueryOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of partitionPages(table, partitionKey, wanted)) rows.push(...page);
  return rows;
}

/** How rows that are asked for by their keys are to be had: so many keys in one query, and at most so many in all. */
export interface Naming {
  readonly atOnce: number;
  readonly most: number;
}

/**
 * Rows by their keys, as of one instant, and with them what a filter finds. Undefined if that cannot be had for so many
 * keys: read the partition as a whole.
 */
export async function readNamed(
  reader: Reader & { readonly naming: Naming },
  side: Side,
  partitionKey: string,
  rowKeys: readonly string[],
  { filter, select, signal }: Wanted,
): Promise<SideView | undefined> {
  const { sides, lone, naming } = reader;
  const table = sides[side];
  const rest = { ...(select ? { select } : {}), ...(signal ? { signal } : {}) };
  const names = chunksOf(rowKeys, naming.atOnce).map(keysAre);
  const filters = filter ? [filter, ...names] : names;
  if (names.length <= 1) return readSide(reader, side, partitionKey, { ...rest, filter: anyOf(filters) });
  if (rowKeys.length > naming.most) return undefined;
  const ask = signal ? { signal } : {};
  const parts = await atOnce(table, partitionKey, { lone, ...ask }, async () => {
    const found = new Map<string, Row>();
    for (const each of filters) {
      const asked = { ...ask, filter: each, ...(select ? { select: [...select, ...HIDDEN] } : {}) };
      for (const row of await table.query(partitionKey, asked)) found.set(row.rowKey, row);
    }
    return [...found.values()];
  });
  return parts.kind === 'read' ? viewOf(side, parts.meta, parts.rows) : undefined;
}

function chunksOf<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, index) =>
    items.slice(index * length, (index + 1) * length),
  );
}

function viewOf(side: Side, meta: SeenMeta | undefined, rows: readonly Row[]): SideView {
  const user = rows.filter(({ rowKey }) => !isReservedRow(rowKey));
  return { meta, rows: new Map(user.map((row) => [row.rowKey, physicalRow(side, row)])) };
}

function tooBusy(partitionKey: string): TableError {
  const message = `the partition ${JSON.stringify(partitionKey)} is written faster than it can be read in parts`;
  return new TableError('TABLE_THROTTLED', message, { effect: 'none', details: { partitionKey } });
}

/** The properties of a meta, for queries that name what they want. */
export const META_NAMES = ['epoch', 'state', 'complete', 'floor', 'born', 'plan'];
