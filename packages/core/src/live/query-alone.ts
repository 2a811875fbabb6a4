import type { OperationOptions, QueryOptions, Row, RowKey } from '../table/index.ts';
import { askedRows } from './asked-rows.ts';
import { type Attempted, answer, type Client } from './client.ts';
import { keysAre } from './filters.ts';
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
  const wanted = { ...options, filter: keysAre([key.rowKey]) };
  const { meta, rows } = await readSide(client, side, key.partitionKey, wanted);
  if (!hasAll(meta)) return getManaged(client, key, options);
  const row = rows.get(key.rowKey);
  return answer(row && !row.tombstone ? rowOf(row) : undefined);
}
