import { resolve } from '@changeover/stores';
import { systemClock } from '@changeover/stores/host';
import { bring, MigratingTable, type Phase, type Sides } from 'changeover/live';
import type { Random } from 'changeover/std';
import type { Store, Table } from 'changeover/table';
import { median, type Section, thousands } from '../results.ts';
import { ROUND_MS, rateOf } from './rate.ts';
import { type Setting, withPostgres, withSqlite } from './settings.ts';

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
      '| store | fence | where the partition is | upserts/s | the store itself, upserts/s | ratio |',
      '|---|---|---|---:|---:|---:|',
      ...rows,
      '',
      `Upserts of ${ROWS} rows of one partition. Medians of ${ROUNDS} rounds of ${ROUND_MS} ms, in turn. The source has the partition in epoch 0, the target in epoch 1 with the`,
      'source frozen beside it. These stores check the fence in the transaction; *written* is what a store pays that can only write the row.',
    ],
  };
}

async function measure({ name, url, concurrency }: Setting): Promise<readonly string[]> {
  const stores: Store[] = [];
  const open = async (side: 'source' | 'target') => {
    const { store } = await resolve(url(side), { mode: 'write', clock: systemClock, env: process.env });
    stores.push(store);
    await store.create('t');
    return { raw: await store.open('t'), reserved: await store.open('t', { reserved: true }) };
  };
  const [source, target] = [await open('source'), await open('target')];
  const sides: Sides = { source: source.reserved, target: target.reserved };
  const written: Sides = { source: withoutChecks(sides.source), target: withoutChecks(sides.target) };
  await source.raw.load(Array.from({ length: ROWS }, (_, row) => rowAt(row)));
  const lines: string[] = [];
  const compare = async (where: string, raw: Table) => {
    for (const [fence, asked] of [['checked', sides] as const, ['written', written] as const]) {
      const options = { sides: asked, phase: PHASE, clock: systemClock };
      const pairs = await inTurn(raw, new MigratingTable(options), concurrency);
      lines.push(line([name, fence, where], pairs));
      console.log(lines.at(-1));
    }
  };
  await compare('source', source.raw);
  await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'copied' });
  await compare('target, not complete', target.raw);
  await bring(sides, PARTITION, 'target', { plan: 1, born: 'source', until: 'complete' });
  await compare('target, complete', target.raw);
  for (const store of stores) await store.close();
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

/** The same table, as one of a store that cannot check a row in a batch without writing it. */
function withoutChecks(table: Table): Table {
  const manifest = { ...table.manifest, check: false };
  return new Proxy(table, {
    get(inner, name) {
      if (name === 'manifest') return manifest;
      const value: unknown = Reflect.get(inner, name, inner);
      return typeof value === 'function' ? value.bind(inner) : value;
    },
  });
}
