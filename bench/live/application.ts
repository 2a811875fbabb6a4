/**
 * An application for a while: so many operations a second, half reads and half writes, each timed from when it was due, so
 * that waiting counts. Told by its parent which stretch it is in, and to end; then it sends what it has measured.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { openTable, resolve } from '@changeover/stores';
import { systemClock } from '@changeover/stores/host';
import { seededRandom } from 'changeover/std';
import type { Table } from 'changeover/table';
import {
  type ApplicationOptions,
  keyAt,
  type Measure,
  propertiesAt,
  type Told,
} from './application-options.ts';

const options = JSON.parse(process.argv[2] ?? '') as ApplicationOptions;
const random = seededRandom(7);
const taken = new Map<string, number[]>();
const errors: string[] = [];
let stretch = '';
let ended = false;
process.on('message', (told: Told) => {
  if (told === 'end') ended = true;
  else stretch = told.stretch;
});

const { table, close } = await open();
const under = new Set<Promise<void>>();
const beganMs = performance.now();
process.send?.('ready');
for (let number = 0; !ended; number += 1) {
  const dueMs = beganMs + (number * 1000) / options.perSecond;
  const early = dueMs - performance.now();
  if (early > 0) await sleep(early);
  const one: Promise<void> = operate(dueMs, stretch).finally(() => under.delete(one));
  under.add(one);
}
await Promise.all(under);
await close();
const said = { measures: [...taken].map(([name, all]) => measureOf(name, all)), errors };
process.send?.(said, undefined, undefined, () => process.disconnect());

async function operate(dueMs: number, name: string): Promise<void> {
  const row = Math.floor(random() * options.rows);
  // A timer can come a little early.
  const fromMs = Math.min(dueMs, performance.now());
  try {
    if (random() < 0.5) await table.get(keyAt(row));
    else await table.write([{ kind: 'upsertReplace', ...keyAt(row), properties: propertiesAt(row) }]);
    const all = taken.get(name) ?? [];
    taken.set(name, all);
    all.push(performance.now() - fromMs);
  } catch (error) {
    errors.push(String(error));
  }
}

function measureOf(name: string, all: readonly number[]): Measure {
  const sorted = all.toSorted((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { stretch: name, operations: sorted.length, ms: [at(0.5), at(0.99), at(0.999), at(1)] };
}

/** The table by the name of its migration; or the source as it is, without any. */
async function open(): Promise<{ readonly table: Table; close(): Promise<void> }> {
  if (options.control !== undefined) {
    const named = await openTable(options.name, { control: options.control });
    return { table: named, close: () => named.close() };
  }
  const { store } = await resolve(options.source, { mode: 'write', clock: systemClock, env: process.env });
  return { table: await store.open(options.name), close: () => store.close() };
}
