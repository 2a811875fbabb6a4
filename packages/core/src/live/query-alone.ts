import {
  isReservedRow,
  type OperationOptions,
  type QueryOptions,
  type Row,
  type RowKey,
} from '../table/index.ts';
import { askedRows } from './asked-rows.ts';
import { type Attempted, answer, type Client } from './client.ts';
import { keysAre } from './filters.ts';
import { HIDDEN, physicalRow } from './physical-row.ts';
import { getManaged, queryManaged, rowOf, wantedFor } from './query-managed.ts';
import { readSide } from './read-side.ts';
import type { Side } from './side.ts';
import { hasAll } from './standing.ts';

/**
 * An atomic query where everything is on one side. What is hidden in its rows, and tombstones, are left out. If the
 * partition says in the same answer that this side does not have everything, it is read as a managed one: the phase is
 * over, or has just begun.
 */
export async function queryAlone(
  client: Client,
  side: Side,
  partitionKey: string,
  options: QueryOptions,
): Promise<Attempted<readonly Row[]>> {
  if (client.waitedFor) {
    const rows = await client.sides[side].query(partitionKey, askedAlone(options));
    return answer(askedRows(visibleOf(side, rows), options));
  }
  const { meta, rows } = await readSide(client, side, partitionKey, wantedFor(options));
  if (!hasAll(meta)) return queryManaged(client, partitionKey, options);
  const visible = [...rows.values()].filter(({ tombstone }) => !tombstone).map(rowOf);
  return answer(askedRows(visible, options));
}

/** The same for one row. */
export async function getAlone(
  client: Client,
  side: Side,
  key: RowKey,
  options: OperationOptions,
): Promise<Attempted<Row | undefined>> {
  if (client.waitedFor) {
    const row = await client.sides[side].get(key, options);
    return answer(row && visibleRow(side, row));
  }
  const wanted = { ...options, filter: keysAre([key.rowKey]) };
  const { meta, rows } = await readSide(client, side, key.partitionKey, wanted);
  if (!hasAll(meta)) return getManaged(client, key, options);
  const row = rows.get(key.rowKey);
  return answer(row && !row.tombstone ? rowOf(row) : undefined);
}

/** What a side is asked for that is used as it is: what is hidden, too, since a tombstone is no row. */
function askedAlone(options: QueryOptions): QueryOptions {
  const { filter, select, signal } = wantedFor(options);
  return {
    ...(filter ? { filter } : {}),
    ...(select ? { select: [...select, ...HIDDEN] } : {}),
    ...(signal ? { signal } : {}),
  };
}

/** Rows of a side that has everything, as the application sees them. */
function visibleOf(side: Side, rows: readonly Row[]): readonly Row[] {
  return rows
    .filter(({ rowKey }) => !isReservedRow(rowKey))
    .map((row) => visibleRow(side, row))
    .filter((row) => row !== undefined);
}

function visibleRow(side: Side, row: Row): Row | undefined {
  const physical = physicalRow(side, row);
  return physical.tombstone ? undefined : rowOf(physical);
}
