import { setImmediate as others } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { compareKeys, type RangeHash, RangeHasher, TableError } from 'changeover/table';
import { type KeyRange, keyAfter, visibleEncoding } from '../layout/index.ts';
import type { SqliteConnection, SqliteRequest } from './sqlite-connection.ts';
import { boundsOf, keyAt, query, type SqliteRows } from './sqlite-rows.ts';

/**
 * What one statement hashes: a call must not stop the process for long. Few rows at first, since none is known yet;
 * then as many as should come to `CHUNK_BYTES` by those before them, which takes about 20 ms.
 */
const CHUNK_ROWS_FIRST = 64;
const CHUNK_ROWS_MAX = 20_000;
const CHUNK_BYTES = 4 * 1024 * 1024;

interface HashOptions extends SqliteRequest {
  /** Asked in each transaction: whether the rows may have reserved properties that are not to be hashed. */
  hides(): boolean;
}

/** Hashes the rows in a range of several places of one connection, by SQL aggregates over as much as is quickly done. */
export async function hashRange(
  connection: SqliteConnection,
  places: readonly [SqliteRows, ...SqliteRows[]],
  range: KeyRange,
  { hides, ...request }: HashOptions,
): Promise<RangeHash> {
  const hasher = new RangeHasher();
  let rest: KeyRange | undefined = range;
  for (let size = CHUNK_ROWS_FIRST; ; ) {
    const from: KeyRange = rest;
    const chunk = await connection.read((db) => {
      prepare(db);
      return hashChunk(places, from, size, hides());
    }, request);
    hasher.addRange(chunk);
    if (!chunk.rest) return hasher.result();
    rest = chunk.rest;
    size = nextSize(chunk);
    // Reading never waits for anything, so that whoever else has something to do must be let in by hand.
    await others();
    if (request.signal?.aborted) throw aborted(request.signal);
  }
}

function aborted({ reason }: AbortSignal): TableError {
  return new TableError('TABLE_ABORTED', 'aborted while hashing a range', { effect: 'none', cause: reason });
}

interface Chunk extends RangeHash {
  readonly bytes: number;
  /** What of the range is still to be hashed. */
  readonly rest: KeyRange | undefined;
}

function hashChunk(
  places: readonly [SqliteRows, ...SqliteRows[]],
  { from, until }: KeyRange,
  size: number,
  hides: boolean,
): Chunk {
  const last = keyAt(places, from, size - 1);
  const end = last && keyAfter(last);
  const whole = !end || (until !== undefined && compareKeys(until, end) <= 0);
  const [bounds, texts] = boundsOf({ from, until: whole ? until : end });
  const selects = places.map(
    (place) => `${place.select('partition_key, row_key, properties')} and ${bounds}`,
  );
  const hashOf = hides ? HASH_VISIBLE : HASH;
  const sums = `count(*), coalesce(sum(octet_length(properties)), 0), ${hashOf}(partition_key, row_key, properties)`;
  const sql = `select ${sums} from (${selects.join(' union all ')})`;
  const [rows, bytes, hash] = query(places[0].connection, sql).get(...places.flatMap(() => texts)) as [
    number,
    number,
    string,
  ];
  return { rows, hash, bytes, rest: whole ? undefined : { from: end, until } };
}

function nextSize({ rows, bytes }: Chunk): number {
  return Math.max(1, Math.min(CHUNK_ROWS_MAX, Math.floor((CHUNK_BYTES * rows) / (bytes + 1))));
}

const HASH = 'changeover_hash';
const HASH_VISIBLE = 'changeover_hash_visible';

const PREPARED = new WeakSet<Database.Database>();

/** Gives a connection the functions, which are its own and leave nothing in the file. */
function prepare(db: Database.Database): void {
  if (PREPARED.has(db)) return;
  registerHash(db, HASH, true);
  registerHash(db, HASH_VISIBLE, false);
  PREPARED.add(db);
}

function registerHash(db: Database.Database, name: string, seesReserved: boolean): void {
  const step = (hasher: RangeHasher, partitionKey: string, rowKey: string, encoded: string): RangeHasher => {
    hasher.add({ partitionKey, rowKey }, visibleEncoding(encoded, seesReserved));
    return hasher;
  };
  db.aggregate(name, {
    deterministic: true,
    start: () => new RangeHasher(),
    // The driver counts the parameters of this function; its types know of aggregates over one column only.
    step: step as unknown as (hasher: RangeHasher) => RangeHasher,
    result: (hasher: RangeHasher) => hasher.result().hash,
  });
}
