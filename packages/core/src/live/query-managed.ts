import {
  compareText,
  type OperationOptions,
  propertiesOf,
  type QueryOptions,
  type Row,
  type RowKey,
} from '../table/index.ts';
import { askedRows } from './asked-rows.ts';
import { AGAIN, type Attempted, answer, type Client } from './client.ts';
import { keysAre } from './filters.ts';
import { type Seen, virtualRowOf } from './overlay.ts';
import type { PhysicalRow } from './physical-row.ts';
import { readNamed, readSide, type SideView, type Wanted } from './read-side.ts';
import { puzzle, see } from './see.ts';
import { both, otherOf, ownerOf, type Side, sided } from './side.ts';
import { isClosedAt, isWhole, type Owned, standingOfOne } from './standing.ts';
import { virtualVersion } from './virtual-version.ts';

/** One attempt at an atomic query in a managed phase. */
export async function queryManaged(
  client: Client,
  partitionKey: string,
  options: QueryOptions,
): Promise<Attempted<readonly Row[]>> {
  const wanted = wantedFor(options);
  const sighting = await see(client, partitionKey, wanted);
  if (sighting.kind === 'torn') return AGAIN;
  if (sighting.kind === 'alone') return sighting;
  const { seen } = sighting;
  const { standing } = seen;
  const filtered = options.filter !== undefined;
  const exact = !filtered || standing.kind === 'virgin' || (standing.kind === 'owned' && isWhole(standing));
  if (exact) return answer(virtualRows(seen, options));
  if (standing.kind === 'between') return queryWhole(client, partitionKey, options);
  return queryShadowed(client, partitionKey, options, seen, standing);
}

/** One attempt at a point read in a managed phase. */
export async function getManaged(
  client: Client,
  { partitionKey, rowKey }: RowKey,
  options: OperationOptions,
): Promise<Attempted<Row | undefined>> {
  const sighting = await see(client, partitionKey, { ...options, filter: keysAre([rowKey]) });
  if (sighting.kind === 'torn') return AGAIN;
  if (sighting.kind === 'alone') return sighting;
  const row = virtualRowOf(sighting.seen, rowKey);
  return answer(row && rowOf(row));
}

/** Reads both sides without the filter. */
async function queryWhole(
  client: Client,
  partitionKey: string,
  options: QueryOptions,
): Promise<Attempted<readonly Row[]>> {
  const { filter: _, ...wanted } = wantedFor(options);
  const views = await both((side) => readSide(client, side, partitionKey, wanted));
  const sighting = puzzle(client, partitionKey, views);
  if (sighting.kind === 'torn') return AGAIN;
  if (sighting.kind === 'alone') return sighting;
  return answer(virtualRows(sighting.seen, options));
}

/**
 * Rows that match on one side may be shadowed by rows of the other that do not. So those are asked for by name, the
 * owner's together with the filter once more: the answer is as of that instant. The frozen side says in the same query
 * that it still is frozen.
 */
async function queryShadowed(
  client: Client,
  partitionKey: string,
  options: QueryOptions,
  { rows }: Seen,
  standing: Owned,
): Promise<Attempted<readonly Row[]>> {
  const owner = ownerOf(standing.epoch);
  const frozen = otherOf(owner);
  const shadowed = [...rows[frozen].keys()];
  const stale = [...rows[owner].values()]
    .filter(({ tag }) => tag < standing.epoch)
    .map(({ rowKey }) => rowKey);
  if (shadowed.length + stale.length === 0) {
    return answer(virtualRows({ standing, rows }, options));
  }
  const { filter, ...rest } = wantedFor(options);
  const named = (side: Side, keys: readonly string[], wanted: Wanted) =>
    readNamed(client, side, partitionKey, keys, wanted);
  const [now, beside] = await Promise.all([
    named(owner, shadowed, { ...rest, filter }),
    stale.length > 0 ? named(frozen, stale, rest) : Promise.resolve(NOTHING),
  ]);
  if (!now || !beside) return queryWhole(client, partitionKey, options);
  return together(client, options, standing, { first: rows, now, beside, partitionKey });
}

const NOTHING = 'nothing' as const;

interface Again {
  readonly first: Seen['rows'];
  /** The owner, and what else was asked of the frozen side. */
  readonly now: SideView;
  readonly beside: SideView | typeof NOTHING;
  readonly partitionKey: string;
}

function together(
  client: Client,
  options: QueryOptions,
  standing: Owned,
  { first, now, beside, partitionKey }: Again,
): Attempted<readonly Row[]> {
  const owner = ownerOf(standing.epoch);
  const frozen = otherOf(owner);
  const whole = standingOfOne(now.meta);
  if (whole && ownerOf(whole.epoch) === owner) {
    client.hints.set(partitionKey, whole);
    return answer(virtualRows({ standing: whole, rows: sided(owner, now.rows, new Map()) }, options));
  }
  if (now.meta?.state !== 'open' || now.meta.epoch !== standing.epoch) return AGAIN;
  if (beside !== NOTHING && !isClosedAt(beside.meta, standing.epoch - 1)) return AGAIN;
  const frozenRows = new Map([...first[frozen], ...(beside === NOTHING ? [] : beside.rows)]);
  return answer(virtualRows({ standing, rows: sided(owner, now.rows, frozenRows) }, options));
}

/** What the application sees of the rows that were read, in order. */
function virtualRows(seen: Seen, options: QueryOptions): readonly Row[] {
  const keys = new Set([...seen.rows.source.keys(), ...seen.rows.target.keys()]);
  const rows = [...keys]
    .toSorted(compareText)
    .map((rowKey) => virtualRowOf(seen, rowKey))
    .filter((row) => row !== undefined)
    .map(rowOf);
  return askedRows(rows, options);
}

/** A physical row as the application sees it. */
export function rowOf(row: PhysicalRow): Row {
  const { partitionKey, rowKey, properties } = row;
  return { partitionKey, rowKey, version: virtualVersion(row), properties };
}

/** The filter is looked at again in memory, so the properties that it names are needed, too. */
export function wantedFor({ filter, select, signal }: QueryOptions): Wanted {
  const named = filter ? propertiesOf(filter) : [];
  return {
    ...(filter ? { filter } : {}),
    ...(select ? { select: [...new Set([...select, ...named])] } : {}),
    ...(signal ? { signal } : {}),
  };
}
