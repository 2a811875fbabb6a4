import type { OperationOptions, QueryOptions, Row, RowKey } from '../table/index.ts';
import { matchesFilter, project } from '../table/index.ts';
import type { Client } from './client.ts';
import { rowOf, wantedFor } from './query-managed.ts';
import { keysAre, readSide, type Wanted } from './read-side.ts';
import type { Side } from './side.ts';

/** An atomic query where everything is on one side. What is hidden in its rows, and tombstones, are left out. */
export async function queryAlone(
  client: Client,
  side: Side,
  partitionKey: string,
  options: QueryOptions,
): Promise<readonly Row[]> {
  const rows = await visible(client, side, partitionKey, wantedFor(options));
  const { filter, select } = options;
  return rows
    .filter((row) => !filter || matchesFilter(filter, row))
    .map((row) => (select ? { ...row, properties: project(row.properties, select) } : row));
}

export async function getAlone(
  client: Client,
  side: Side,
  key: RowKey,
  options: OperationOptions,
): Promise<Row | undefined> {
  const wanted = { ...options, filter: keysAre([key.rowKey]) };
  const [row] = await visible(client, side, key.partitionKey, wanted);
  return row;
}

async function visible(
  { sides }: Client,
  side: Side,
  partitionKey: string,
  wanted: Wanted,
): Promise<readonly Row[]> {
  const { rows } = await readSide(side, sides[side], partitionKey, wanted);
  return [...rows.values()].filter(({ tombstone }) => !tombstone).map(rowOf);
}
