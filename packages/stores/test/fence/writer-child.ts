import { setTimeout } from 'node:timers/promises';
import { FencedTable, raiseFence } from 'changeover/fence';
import { isOperationalError } from 'changeover/std';
import type { RowData, RowKey } from 'changeover/table';
import { systemClock } from '../../src/host/index.ts';
import { resolve } from '../../src/index.ts';

/** Most of its time it is between two writes, so that it is soon caught where it holds no lock. */
const THINKING_MS = 5;

const COUNTER: RowKey = { partitionKey: 'p', rowKey: 'counter' };

/**
 * A process that takes a table over and writes to it until it is refused: `writer-child.ts URL`. It says `owns EPOCH`,
 * `wrote NUMBER` for each write that was acknowledged, and at the end how each way to write was refused.
 */
const { store, table: name } = await resolve(process.argv[2] ?? '', {
  mode: 'write',
  clock: systemClock,
  env: process.env,
});
const fence = await raiseFence(store, 'owner');
const table = new FencedTable(await store.open(name ?? ''), fence);
process.stdout.write(`owns ${fence.epoch}\n`);

for (let number = 0; ; number += 1) {
  const refused = await refusalOf(table.write([{ ...counter(number), kind: 'upsertReplace' }]));
  if (refused !== undefined) {
    process.stdout.write(`batch ${refused}\n`);
    break;
  }
  process.stdout.write(`wrote ${number}\n`);
  await setTimeout(THINKING_MS);
}
process.stdout.write(`load ${await refusalOf(table.load([counter(-1)]))}\n`);
process.stdout.write(`delete ${await refusalOf(table.write([{ ...COUNTER, kind: 'delete' }]))}\n`);
await store.close();

function counter(number: number): RowData {
  return { ...COUNTER, properties: { text: { type: 'string', value: `stale ${number}` } } };
}

/** Undefined if the write was applied. */
async function refusalOf(write: Promise<unknown>): Promise<string | undefined> {
  try {
    await write;
    return undefined;
  } catch (error) {
    if (!isOperationalError(error)) throw error;
    const { expected, actual } = error.details;
    return `${error.code} ${error.effect} expected ${String(expected)} actual ${String(actual)}`;
  }
}
