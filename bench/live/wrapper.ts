import { systemClock, systemRandom } from '@changeover/stores/host';
import { raiseFence } from 'changeover/fence';
import { MigratingTable, type Phase } from 'changeover/live';
import type { Row, Table } from 'changeover/table';
import { median, type Section, thousands } from '../results.ts';
import { ROUND_MS, rateOf } from './rate.ts';
import { makeTables, type Setting, withPostgres, withSqlite } from './settings.ts';

const ROUNDS = 25;
const PARTITIONS = 50;
const ROWS = 100;

interface Workload {
  readonly name: string;
  act(table: Table, random: () => number): Promise<unknown>;
}

const fence = { name: 'bench', epoch: 1 };
const PHASES: readonly (readonly [string, Phase])[] = [
  ['source only', { kind: 'alone', side: 'source', clean: true, fence }],
  ['target only', { kind: 'alone', side: 'target', clean: false, fence }],
];

/** The table that an application has, beside the same store as it is: where everything is on one side. */
export async function liveWrapper(): Promise<Section> {
  const rows: string[] = [];
  await withSqlite(async (setting) => rows.push(...(await measure(setting))));
  await withPostgres(async (setting) => rows.push(...(await measure(setting))));
  return {
    title: 'The live wrapper beside the store',
    body: [
      '| store | phase | operations | wrapped/s | store/s | ratio |',
      '|---|---|---|---:|---:|---:|',
      ...rows,
      '',
      `Medians of ${ROUNDS} rounds of ${ROUND_MS} ms, in turn, on ${PARTITIONS} partitions of ${ROWS} rows. The wrapper writes under the fence of its phase.`,
      'Reach: 0.95.',
    ],
  };
}

async function measure(setting: Setting): Promise<readonly string[]> {
  const { name, concurrency } = setting;
  const { stores, raw, sides, close } = await makeTables(setting);
  for (const store of stores) await raiseFence(store, fence.name, { to: fence.epoch });
  for (const table of [raw.source, raw.target]) await fill(table);
  const results: string[] = [];
  for (const [phaseName, phase] of PHASES) {
    const itself = phase.kind === 'alone' && phase.side === 'source' ? raw.source : raw.target;
    const tenure = { holds: () => true };
    const wrapped = new MigratingTable({ sides, phase, tenure, clock: systemClock, random: systemRandom });
    for (const workload of WORKLOADS) {
      const pairs: { ours: number; theirs: number }[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const theirs = await rateOf((random) => workload.act(itself, random), concurrency, round);
        const ours = await rateOf((random) => workload.act(wrapped, random), concurrency, round);
        // The first one warms up.
        if (round > 0) pairs.push({ ours, theirs });
      }
      const ratio = median(pairs.map(({ ours, theirs }) => ours / theirs)).toFixed(2);
      const [ours, theirs] = [
        median(pairs.map((pair) => pair.ours)),
        median(pairs.map((pair) => pair.theirs)),
      ];
      results.push(
        `| ${name} | ${phaseName} | ${workload.name} | ${thousands(Math.round(ours))} | ${thousands(Math.round(theirs))} | ${ratio} |`,
      );
      console.log(results.at(-1));
    }
  }
  await close();
  return results;
}

const WORKLOADS: readonly Workload[] = [
  { name: 'point reads', act: (table, random) => table.get(keyOf(random)) },
  {
    name: 'upserts',
    act: (table, random) => table.write([{ kind: 'upsertReplace', ...rowOf(random) }]),
  },
  {
    name: 'read, then replace by version',
    async act(table, random) {
      const row = (await table.get(keyOf(random))) as Row;
      try {
        await table.write([{ ...row, kind: 'replace', condition: row.version }]);
      } catch {
        // Another one was faster, as happens to the store itself.
      }
    },
  },
  {
    name: 'reads and upserts, evenly',
    act: (table, random) =>
      random() < 0.5 ? table.get(keyOf(random)) : table.write([{ kind: 'upsertReplace', ...rowOf(random) }]),
  },
];

function keyOf(random: () => number) {
  return {
    partitionKey: `p${Math.floor(random() * PARTITIONS)}`,
    rowKey: `r${Math.floor(random() * ROWS)}`,
  };
}

function rowOf(random: () => number) {
  const text = 'x'.repeat(100);
  return { ...keyOf(random), properties: { text: { type: 'string', value: text } as const } };
}

async function fill(table: Table): Promise<void> {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    await table.load(
      Array.from({ length: ROWS }, (_, row) => ({
        ...rowOf(() => 0),
        partitionKey: `p${partition}`,
        rowKey: `r${row}`,
      })),
    );
  }
}
