/**
 * One timed task in a process of its own, so that its time and its peak memory are its own.
 *
 * Prints `{"ms", "rows", "peakMb"}`. Called by bench.ts with the task's name, the source file and the target file.
 */
import { performance } from 'node:perf_hooks';
import { resolve } from '@changeover/stores';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import Database from 'better-sqlite3';
import { type MoveStep, runMove } from 'changeover/move';
import { RangeHasher, type RowData, type Store } from 'changeover/table';
import { TABLE } from './table-name.ts';

const [task = '', source = '', target = '', argument = '', shape = ''] = process.argv.slice(2);

const TASKS: Readonly<Record<string, () => Promise<number>>> = {
  build: () => build(Number(argument)),
  insertSelect: async () => insertSelect(),
  bareScan: async () => bareScan(source) + bareScan(target),
  copy: () => move(['setup', 'copy'], Number(argument)),
  validate: () => move(['validate'], Number(argument)),
  validateByHash: () => move(['validate'], Number(argument), hashing),
  hashQuery: async () => hashQuery(source) + hashQuery(target),
};

/** Rows like places, of about 110 bytes: a partition for every few thousand of them, or one for all if it is `hot`. */
async function build(rows: number): Promise<number> {
  const { store } = await resolve(`sqlite:${source}`, {
    mode: 'write',
    clock: systemClock,
    env: process.env,
  });
  await store.create(TABLE);
  const table = await store.open(TABLE);
  for (let start = 0; start < rows; start += 5_000) {
    await table.load(
      Array.from({ length: Math.min(5_000, rows - start) }, (_, index) => placeRow(start + index)),
    );
  }
  await store.close();
  return rows;
}

function placeRow(index: number): RowData {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return {
    partitionKey:
      shape === 'hot' ? 'country' : `country-${String(Math.floor(index / 7_000)).padStart(4, '0')}`,
    rowKey: String(index).padStart(16, '0'),
    properties: {
      admin1: text(String(index % 89)),
      admin2: text(String(index % 997)),
      lat: text((((index * 7_919) % 180_000) / 1_000 - 90).toFixed(5)),
      lng: text((((index * 104_729) % 360_000) / 1_000 - 180).toFixed(5)),
      name: text(`Place number ${index}`),
    },
  };
}

/** What SQLite itself does for the same: the same table in a file of the same journal mode and durability. */
function insertSelect(): number {
  const db = new Database(source, { readonly: true });
  const { sql } = db.prepare('select sql from sqlite_schema where name = ?').get(TABLE) as { sql: string };
  db.close();
  const out = new Database(target);
  out.pragma('journal_mode = wal');
  out.pragma('synchronous = normal');
  out.exec(sql);
  out.prepare('attach ? as source').run(source);
  const { changes } = out
    .prepare(`insert into main.${TABLE} select * from source.${TABLE} order by partition_key, row_key`)
    .run();
  out.close();
  return changes;
}

function bareScan(path: string): number {
  const db = new Database(path, { readonly: true });
  let rows = 0;
  const scan = db.prepare(
    `select partition_key, row_key, properties from ${TABLE} order by partition_key, row_key`,
  );
  for (const row of scan.raw().iterate()) rows += (row as unknown[]).length === 3 ? 1 : 0;
  db.close();
  return rows;
}

/** What a server with a hash of its own would be asked: one aggregate over the whole table. */
function hashQuery(path: string): number {
  const db = new Database(path, { readonly: true });
  const step = (hasher: RangeHasher, partitionKey: string, rowKey: string, encoded: string) => {
    hasher.add({ partitionKey, rowKey }, encoded);
    return hasher;
  };
  db.aggregate('hash', {
    start: () => new RangeHasher(),
    // The driver's types know of aggregates over one column only.
    step: step as unknown as (hasher: RangeHasher) => RangeHasher,
    result: (hasher: RangeHasher) => hasher.result().rows,
  });
  const rows = db.prepare(`select hash(partition_key, row_key, properties) from ${TABLE}`).pluck().get();
  db.close();
  return Number(rows);
}

/** A store whose tables are compared by hashes first, as if a server worked them out. */
function hashing(store: Store): Store {
  const open = store.open.bind(store);
  store.open = async (name, options) => {
    const table = await open(name, options);
    return Object.assign(table, { manifest: { ...table.manifest, rangeHash: true } });
  };
  return store;
}

async function move(
  steps: readonly MoveStep[],
  threads: number,
  prepare: (store: Store) => Store = (store) => store,
): Promise<number> {
  const options = { clock: systemClock, env: process.env };
  const from = await resolve(`sqlite:${source}#${TABLE}`, { mode: 'read', ...options });
  const to = await resolve(`sqlite:${target}#${TABLE}`, { mode: 'write', ...options });
  const control = await openSqliteControl({
    path: `${target}.control`,
    clock: systemClock,
    random: systemRandom,
    create: true,
  });
  const result = await runMove(
    {
      source: prepare(from.store),
      target: prepare(to.store),
      tables: [{ source: TABLE, target: TABLE }],
      filter: undefined,
      steps,
      threads,
      batchRows: 1_000,
      rowsPerSecond: undefined,
      recreate: false,
      intoExisting: false,
      deleteExtra: false,
      sourceUrl: from.url,
      targetUrl: to.url,
    },
    {
      control,
      clock: systemClock,
      owner: currentOwner('bench'),
      probe: probeProcess,
      signal: new AbortController().signal,
      onEvent: () => undefined,
      onDifference: async () => undefined,
    },
  );
  await from.store.close();
  await to.store.close();
  await control.close();
  return result.validation?.compared ?? result.rows;
}

const run = TASKS[task];
if (!run) throw new Error(`no task ${task}`);
const startMs = performance.now();
const rows = await run();
const ms = performance.now() - startMs;
console.log(JSON.stringify({ ms, rows, peakMb: process.resourceUsage().maxRSS / 1024 }));
