/**
 * Single operations through the contract beside the same by hand, through the bare driver, in turn on one connection each.
 *
 * Prints a list of `{"name", "ours", "theirs", "ratio", "trips"}`, rates in operations a second. The database is that of
 * BENCH_DATABASE, the schema the first argument.
 */
import { performance } from 'node:perf_hooks';
import { systemClock } from '@changeover/stores/host';
import { PostgresStore } from '@changeover/stores/postgres';
import { encodeProperties, type RowData, type Write } from 'changeover/table';
import pg from 'pg';
import { median } from '../results.ts';

const [schema = ''] = process.argv.slice(2);
const DATABASE = new URL(process.env['BENCH_DATABASE'] ?? '');
const ROUNDS = 9;
const OPERATIONS = 150;
/** Of these, which wait for no disk, a round must have more to take longer than the clock is coarse. */
const READS = 2_000;
const BATCH = 100;
/** The row that is replaced over and over. */
const REPLACED = 999_999;

const place = {
  host: DATABASE.hostname,
  port: Number(DATABASE.port || 5432),
  database: DATABASE.pathname.slice(1),
  user: DATABASE.username,
  password: DATABASE.password || undefined,
  ssl: false,
};
const store = await PostgresStore.open({ place, schema, mode: 'write', clock: systemClock, connections: 1 });
await store.create('ours');
await store.create('theirs');
const table = await store.open('ours');
const client = new pg.Client({ ...place, password: place.password ?? '' });
await client.connect();
const versions = `nextval('${schema}._changeover_versions')`;

function rowAt(index: number): RowData {
  const text = (value: string) => ({ type: 'string', value }) as const;
  return {
    partitionKey: 'partition',
    rowKey: String(index).padStart(12, '0'),
    properties: { name: text(`Place number ${index}`), note: text('x'.repeat(60)) },
  };
}

const prepared = (name: string, text: string, values: readonly unknown[]) =>
  client.query<unknown[]>({ name, text, values: [...values], rowMode: 'array' });
const names = `${schema}.theirs (partition_key, row_key, version, properties)`;
const upsert =
  'on conflict (partition_key, row_key) do update set version = excluded.version, properties = excluded.properties';

let oursVersion = '';
let theirsVersion = '';

/** Each operation both ways; `index` tells the rows of one call from those of all others. */
const PAIRS: readonly {
  name: string;
  ours(index: number): Promise<unknown>;
  theirs(index: number): Promise<unknown>;
}[] = [
  {
    name: 'insert',
    ours: async (index) => {
      const [result] = await table.write([{ ...rowAt(index), kind: 'insert' }]);
      oursVersion = result?.version ?? '';
    },
    theirs: async (index) => {
      const { partitionKey, rowKey, properties } = rowAt(index);
      const text = `insert into ${names} values ($1, $2, ${versions}, $3) on conflict do nothing returning version`;
      const { rows } = await prepared('insert', text, [partitionKey, rowKey, encodeProperties(properties)]);
      theirsVersion = String(rows[0]?.[0]);
    },
  },
  {
    name: 'point read',
    ours: (index) => table.get(rowAt(Math.abs(index % OPERATIONS))),
    theirs: async (index) => {
      const { partitionKey, rowKey } = rowAt(Math.abs(index % OPERATIONS));
      const text = `select version, properties from ${schema}.theirs where partition_key = $1 and row_key = $2`;
      const { rows } = await prepared('get', text, [partitionKey, rowKey]);
      return JSON.parse(String(rows[0]?.[1]));
    },
  },
  {
    name: 'replace on a version',
    ours: async () => {
      const [result] = await table.write([{ ...rowAt(REPLACED), kind: 'replace', condition: oursVersion }]);
      oursVersion = result?.version ?? '';
    },
    theirs: async () => {
      const { partitionKey, rowKey, properties } = rowAt(REPLACED);
      const text = `update ${schema}.theirs set version = ${versions}, properties = $3 where partition_key = $1 and row_key = $2 and version = $4 returning version`;
      const { rows } = await prepared('replace', text, [
        partitionKey,
        rowKey,
        encodeProperties(properties),
        theirsVersion,
      ]);
      if (rows.length !== 1) throw new Error('the version had changed');
      theirsVersion = String(rows[0]?.[0]);
    },
  },
  {
    name: `batch of ${BATCH} upserts`,
    ours: (index) => table.write(batchAt(index).map((row): Write => ({ ...row, kind: 'upsertReplace' }))),
    theirs: async (index) => {
      const rows = batchAt(index);
      const values = [
        'partition',
        rows.map(({ rowKey }) => rowKey),
        rows.map(({ properties }) => encodeProperties(properties)),
      ];
      const text = `insert into ${names} select $1, r, ${versions}, e from unnest($2::text[], $3::text[]) as rows(r, e) ${upsert} returning version`;
      return prepared('batch', text, values);
    },
  },
];

/** Half of the rows are there already. */
function batchAt(index: number): readonly RowData[] {
  return Array.from({ length: BATCH }, (_, offset) => rowAt(1_000_000 + (index * BATCH) / 2 + offset));
}

async function rateOf(
  work: (index: number) => Promise<unknown>,
  first: number,
  count: number,
): Promise<number> {
  const startMs = performance.now();
  for (let index = first; index < first + count; index += 1) await work(index);
  return (count / (performance.now() - startMs)) * 1_000;
}

function countOf(name: string): number {
  if (name.startsWith('batch')) return OPERATIONS / 5;
  return name === 'point read' ? READS : OPERATIONS;
}

const results = [];
for (const { name, ours, theirs } of PAIRS) {
  const count = countOf(name);
  if (name.startsWith('replace')) {
    await PAIRS[0]?.ours(REPLACED);
    await PAIRS[0]?.theirs(REPLACED);
  }
  // What the first calls of either side take is compiling.
  await rateOf(theirs, -ROUNDS * count, count);
  await rateOf(ours, -ROUNDS * count, count);
  const before = store.connection.roundTrips;
  const rates: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round * count;
    rates.push({ theirs: await rateOf(theirs, first, count), ours: await rateOf(ours, first, count) });
  }
  results.push({
    name,
    ours: median(rates.map((rate) => rate.ours)),
    theirs: median(rates.map((rate) => rate.theirs)),
    ratio: median(rates.map((rate) => rate.ours / rate.theirs)),
    trips: (store.connection.roundTrips - before) / (ROUNDS * count),
  });
}
await client.end();
await store.close();
console.log(JSON.stringify(results));
