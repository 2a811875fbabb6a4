import { type Filter, isReservedRow, type OperationOptions, type Row, type Table } from '../table/index.ts';
import { isMeta, metaKey, metaOf, type SeenMeta } from './meta.ts';
import { HIDDEN, type PhysicalRow, physicalRow } from './physical-row.ts';
import type { Side } from './side.ts';

/** What one atomic query told of a partition on one side. */
export interface SideView {
  readonly meta: SeenMeta | undefined;
  readonly rows: ReadonlyMap<string, PhysicalRow>;
}

export interface Wanted extends OperationOptions {
  /** Which rows; all of them if there is no filter. The meta comes in any case. */
  readonly filter?: Filter | undefined;
  /** The application's properties that are needed; all of them if not given. */
  readonly select?: readonly string[] | undefined;
}

/**
 * Reads rows of a partition and its meta in one query: what the meta says held at the very instant at which the rows were
 * as they are given. Everything that the protocol concludes rests on that.
 */
export async function readSide(
  side: Side,
  table: Table,
  partitionKey: string,
  { filter, select, signal }: Wanted,
): Promise<SideView> {
  const rows = await table.query(partitionKey, {
    ...(filter ? { filter: anyOf([rowKeyIs(metaKey(partitionKey).rowKey), filter]) } : {}),
    ...(select ? { select: [...select, ...HIDDEN, ...META_NAMES] } : {}),
    ...(signal ? { signal } : {}),
  });
  return viewOf(side, rows);
}

function viewOf(side: Side, rows: readonly Row[]): SideView {
  const meta = rows.find(isMeta);
  const user = rows.filter(({ rowKey }) => !isReservedRow(rowKey));
  return {
    meta: meta && metaOf(meta),
    rows: new Map(user.map((row) => [row.rowKey, physicalRow(side, row)])),
  };
}

export function keysAre(rowKeys: Iterable<string>): Filter {
  return anyOf([...rowKeys].map(rowKeyIs));
}

export function anyOf(filters: readonly Filter[]): Filter {
  const operands = filters.flatMap((filter) => (filter.kind === 'or' ? filter.operands : [filter]));
  return operands.length === 1 ? (operands[0] as Filter) : { kind: 'or', operands };
}

function rowKeyIs(rowKey: string): Filter {
  return {
    kind: 'comparison',
    subject: { kind: 'rowKey' },
    operator: 'eq',
    value: { type: 'string', value: rowKey },
  };
}

const META_NAMES = ['epoch', 'state', 'complete', 'floor', 'plan'];
