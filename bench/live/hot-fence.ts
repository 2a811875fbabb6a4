import { systemClock } from '@changeover/stores/host';
import { bring, MigratingTable, type Phase } from 'changeover/live';
import type { Random } from 'changeover/std';
import type { Table } from 'changeover/table';
import { median, type Section, thousands } from '../results.ts';
import { ROUND_MS, rateOf } from './rate.ts';
import { makeTables, type Setting, withPostgres, withSqlite } from './settings.ts';

const ROUNDS = 15;
const ROWS = 100;
const PARTITION = 'hot';
const PHASE: Phase = { kind: 'managed', born: 'source', plan: 1 };

/** Everybody writes to one partition: what its fence costs them, beside the store as it is. */
export async function liveHotFence(): Promise<Section> {
  const rows: string[] = [];
  await withSqlite(async (setting) => rows.push(...(await measure(setting))));
  await withPostgres(async (setting) => rows.push(...(await measure(setting))));
  return {
    title: 'What the fence costs a hot partition',
    body: [
      '| store | where the partition is | upserts/s | the store itself, upserts/s | ratio |',
      '|---|---|---:|---:|---:|',
      ...rows,
      '',
      `Upserts of ${ROWS} rows of one partition, one at a time on SQLite and eight on Postgres. Medians of ${ROUNDS} rounds of ${ROUND_MS} ms, in turn.`,
      'The source has the partition in epoch 0, the target in epoch 1 with the source frozen beside it. Every batch checks the fence row, and',
      'none writes it: so writers to one partition do not wait for each other.',
    ],
  };
}

async function measure(setting: Setting): Promise<readonly string[]> {
  const { name, concurrency } = setting;
  const { raw, sides, close } = await makeTables(setting);
  await raw.source.load(Array.from({ length: ROWS }, (_, row) => rowAt(row)));
  const lines: string[] = [];
  const compare = async (where: string, itself: Table) => {
    const wrapped = new MigratingTable({ sides, phase: PHASE, clock: systemClock });
    lines.push(line([name, where], await inTurn(itself, wrapped, concurrency)));
    console.log(lines.at(-1));
  };
  await compare('source', raw.source);
  await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'copied' });
  await compare('target, not complete', raw.target);
  await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'complete' });
  await compare('target, complete', raw.target);
  await close();
  return lines;
}

interface Pair {
  readonly ours: number;
  readonly theirs: number;
}

/** The store itself is written to in another partition: nobody else must touch the rows of this one. */
async function inTurn(raw: Table, wrapped: Table, concurrency: number): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const theirs = await rateOf((random) => upsert(raw, random, 'beside'), concurrency, round);
    const ours = await rateOf((random) => upsert(wrapped, random, PARTITION), concurrency, round);
    // The first one warms up.
    if (round > 0) pairs.push({ ours, theirs });
  }
  return pairs;
}

function line(names: readonly string[], pairs: readonly Pair[]): string {
  const ours = thousands(median(pairs.map((pair) => pair.ours)));
  const theirs = thousands(median(pairs.map((pair) => pair.theirs)));
  const ratio = median(pairs.map((pair) => pair.ours / pair.theirs)).toFixed(2);
  return `| ${[...names, ours, theirs, ratio].join(' | ')} |`;
}

function upsert(table: Table, random: Random, partitionKey: string): Promise<unknown> {
  return table.write([{ kind: 'upsertReplace', ...rowAt(Math.floor(random() * ROWS)), partitionKey }]);
}

function rowAt(row: number) {
  const text = { type: 'string', value: 'x'.repeat(100) } as const;
  return { partitionKey: PARTITION, rowKey: `r${row}`, properties: { text } };
}
