/**
 * One timed task in a process of its own. Prints `{"ms", "rows", "peakMb", "requests"}`. Called by bench.ts with the task's
 * name, the path of the SQLite source, and the name of the table at the service. The account is that of BENCH_AZURE, a
 * connection string.
 */
import { performance } from 'node:perf_hooks';
import { TableClient, type TransactionAction } from '@azure/data-tables';
import { type ResolvedUrl, resolve } from '@changeover/stores';
import { AzureTablesStore } from '@changeover/stores/azure-tables';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { openSqliteControl } from '@changeover/stores/sqlite';
import { bring, MigratingTable, type Phase } from 'changeover/live';
import { runMove } from 'changeover/move';
import type { Row, RowData, Table } from 'changeover/table';

const TABLE = 'places';
const BATCH_ROWS = 5_000;
const TRANSACTION_ROWS = 100;
/** Transactions that the loop by hand has under way; more are no faster. */
const CONCURRENCY = 12;
const THREADS = 4;
const [task = '', source = '', target = '', argument = ''] = process.argv.slice(2);

interface Done {
  readonly rows: number;
  /** What the service would bill. */
  readonly requests?: number;
  readonly operations?: Readonly<Record<string, number>>;
}

const TASKS: Readonly<Record<string, () => Promise<Done>>> = {
  build: () => build(Number(argument)),
  move,
  moveByHand,
  scan,
  scanByHand,
  live,
};

async function build(rows: number): Promise<Done> {
  const { store } = await sqlite('write');
  await store.create(TABLE);
  const table = await store.open(TABLE);
  for (let start = 0; start < rows; start += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows - start);
    await table.load(Array.from({ length: count }, (_, index) => placeRow(start + index)));
  }
  await store.close();
  return { rows };
}

function placeRow(index: number): RowData {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return {
    partitionKey: `country-${String(Math.floor(index / 2_000)).padStart(4, '0')}`,
    rowKey: String(index).padStart(16, '0'),
    properties: {
      admin1: text(String(index % 89)),
      lat: { type: 'double', value: ((index * 7_919) % 180_000) / 1_000 - 90 },
      lng: { type: 'double', value: ((index * 104_729) % 360_000) / 1_000 - 180 },
      name: text(`Place number ${index}`),
    },
  };
}

async function move(): Promise<Done> {
  const [from, to] = [await sqlite('read'), await azure()];
  const control = await openSqliteControl({
    path: `${source}.control`,
    clock: systemClock,
    random: systemRandom,
    create: true,
  });
  const { rows } = await runMove(
    {
      source: from.store,
      target: to.store,
      tables: [{ source: TABLE, target }],
      filter: undefined,
      steps: ['setup', 'copy'],
      threads: THREADS,
      batchRows: BATCH_ROWS,
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
  const { requests } = (to.store as AzureTablesStore).connection;
  await from.store.close();
  await to.store.close();
  await control.close();
  return { rows, requests };
}

/** The best that a person would write for the same on the official client: inserts by the hundred, many at a time. */
async function moveByHand(): Promise<Done> {
  const client = tableClient();
  await client.createTable();
  const { store } = await sqlite('read');
  const table = await store.open(TABLE);
  const running = new Set<Promise<unknown>>();
  let [rows, requests] = [0, 1];
  for (let position: object | undefined = {}; position; ) {
    const page = await table.scan({ ...position, limit: BATCH_ROWS });
    for (const group of groupsOf(page.rows)) {
      const sent = client.submitTransaction(group.map(actionOf)).finally(() => running.delete(sent));
      running.add(sent);
      rows += group.length;
      requests += 1;
      if (running.size >= CONCURRENCY) await Promise.race(running);
    }
    position = page.continuation && { after: page.continuation };
  }
  await Promise.all(running);
  await store.close();
  return { rows, requests };
}

function* groupsOf(rows: readonly Row[]): Generator<readonly Row[]> {
  let group: Row[] = [];
  for (const row of rows) {
    if (group.length === TRANSACTION_ROWS || (group[0] && group[0].partitionKey !== row.partitionKey)) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  if (group.length > 0) yield group;
}

function actionOf({ partitionKey, rowKey, properties }: Row): TransactionAction {
  const entity: Record<string, unknown> & { partitionKey: string; rowKey: string } = { partitionKey, rowKey };
  for (const [name, { type, value }] of Object.entries(properties)) {
    entity[name] = type === 'double' ? { type: 'Double', value: String(value) } : value;
  }
  return ['create', entity];
}

async function scan(): Promise<Done> {
  const { store } = await azure();
  const table = await store.open(target);
  let rows = 0;
  for (let position: object | undefined = {}; position; ) {
    const page = await table.scan({ ...position, lazy: true });
    rows += page.rows.length;
    position = page.continuation && { after: page.continuation };
  }
  const { requests } = (store as AzureTablesStore).connection;
  await store.close();
  return { rows, requests };
}

async function scanByHand(): Promise<Done> {
  let [rows, requests] = [0, 0];
  const options = { queryOptions: {}, disableTypeConversion: true };
  for await (const page of tableClient().listEntities(options).byPage({ maxPageSize: 1000 })) {
    rows += page.length;
    requests += 1;
  }
  return { rows, requests };
}

/** What each operation of an application sends in each phase of a live migration between two tables of the account. */
async function live(): Promise<Done> {
  const { store } = await azure();
  const { connection } = store as AzureTablesStore;
  const operations: Record<string, number> = {};
  const phases: readonly (readonly [string, Phase, 'turned' | 'complete' | undefined])[] = [
    ['source only', { kind: 'alone', side: 'source', clean: true }, undefined],
    ['managed', { kind: 'managed', born: 'source', plan: 1 }, undefined],
    ['copying', { kind: 'managed', born: 'source', plan: 1 }, 'turned'],
    ['complete', { kind: 'managed', born: 'source', plan: 1 }, 'complete'],
    ['target only', { kind: 'alone', side: 'target', clean: true }, undefined],
  ];
  for (const [index, [name, phase, until]] of phases.entries()) {
    const names = [`${target}s${index}`, `${target}t${index}`] as const;
    for (const each of names) await store.create(each);
    const open = async () => ({
      source: await store.open(names[0], { reserved: true }),
      target: await store.open(names[1], { reserved: true }),
    });
    const table = new MigratingTable({ sides: await open(), phase, clock: systemClock });
    await table.write([{ kind: 'insert', ...placeRow(0) }]);
    if (until)
      await bring(await open(), placeRow(0).partitionKey, 'target', { plan: 1, born: 'source', until });
    await table.get(placeRow(0));
    for (const [operation, run] of Object.entries(OPERATIONS)) {
      const before = connection.requests;
      await run(table);
      operations[`${operation}|${name}`] = connection.requests - before;
    }
  }
  await store.close();
  return { rows: 0, operations };
}

const OPERATIONS: Readonly<Record<string, (table: Table) => Promise<unknown>>> = {
  get: (table) => table.get(placeRow(0)),
  query: (table) => table.query(placeRow(0).partitionKey),
  insert: (table) => table.write([{ kind: 'insert', ...placeRow(1) }]),
  upsert: (table) => table.write([{ kind: 'upsertReplace', ...placeRow(2) }]),
  'merge of any version': (table) => table.write([{ kind: 'merge', ...placeRow(1), condition: '*' }]),
  delete: (table) => table.write([{ kind: 'delete', ...placeRow(2) }]),
};

function sqlite(mode: 'read' | 'write'): Promise<ResolvedUrl> {
  return resolve(`sqlite:${source}#${TABLE}`, { mode, clock: systemClock, env: process.env });
}

function azure(): Promise<ResolvedUrl> {
  return resolve(`azure-tables:env:BENCH_AZURE#${target}`, {
    mode: 'write',
    clock: systemClock,
    env: process.env,
  });
}

function tableClient(): TableClient {
  return TableClient.fromConnectionString(process.env['BENCH_AZURE'] ?? '', target, {
    allowInsecureConnection: true,
  });
}

const run = TASKS[task];
if (!run) throw new Error(`no task ${task}`);
const startMs = performance.now();
const done = await run();
const ms = performance.now() - startMs;
console.log(JSON.stringify({ ms, peakMb: process.resourceUsage().maxRSS / 1024, ...done }));
