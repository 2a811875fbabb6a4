import { isCode, isOperationalError } from 'changeover/std';
import { propertyOf, type RowKey, type Table } from 'changeover/table';
import { systemClock } from '../../src/host/index.ts';
import { SqliteStore } from '../../src/sqlite/index.ts';

/** What the tests let a process of its own do with a table: `concurrency-child.ts VERB PATH NAME`. */
const VERBS: Readonly<Record<string, (table: Table, name: string) => Promise<void>>> = {
  add,
  stream,
  fill,
  reopen,
};

const COUNTER: RowKey = { partitionKey: 'counters', rowKey: 'sum' };
const BATCH_ROWS = 5;

const [verb, path, name] = process.argv.slice(2) as [string, string, string];
const store = await SqliteStore.open({ path, mode: 'write', clock: systemClock });
await createOnce();
await VERBS[verb]?.(await store.open('orders'), name);
await store.close();

/** All processes begin at once, and each finds the table made or makes it. */
async function createOnce(): Promise<void> {
  try {
    await store.create('orders');
  } catch (error) {
    if (!isCode(error, 'TABLE_ALREADY_EXISTS')) throw error;
  }
}

/** Adds one to the sum a hundred times, as often as need be to win each race, and notes each time in a batch. */
async function add(table: Table, writer: string): Promise<void> {
  for (let added = 0; added < 100; ) {
    if (!(await tryToAdd(table))) continue;
    await table.write(batch(writer, added));
    added += 1;
  }
}

async function tryToAdd(table: Table): Promise<boolean> {
  const row = await table.get(COUNTER);
  const sum = row ? Number(propertyOf(row.properties, 'sum')?.value) : 0;
  const properties = { sum: { type: 'int32', value: sum + 1 } } as const;
  try {
    const write = row
      ? ({ ...COUNTER, kind: 'replace', condition: row.version, properties } as const)
      : ({ ...COUNTER, kind: 'insert', properties } as const);
    await table.write([write]);
    return true;
  } catch (error) {
    if (!isCode(error, 'TABLE_VERSION_MISMATCH', 'TABLE_ROW_EXISTS')) throw error;
    return false;
  }
}

/** Writes batches until it is killed, and says the number of each one that was acknowledged. */
async function stream(table: Table, writer: string): Promise<void> {
  for (let number = 0; ; number += 1) {
    await table.write(batch(writer, number));
    process.stdout.write(`${number}\n`);
  }
}

/** Writes batches until one fails, and says how that was and how many were acknowledged before. */
async function fill(table: Table, writer: string): Promise<void> {
  for (let acknowledged = 0; ; acknowledged += 1) {
    try {
      await table.write(batch(writer, acknowledged));
    } catch (error) {
      if (!isOperationalError(error)) throw error;
      process.stdout.write(JSON.stringify({ acknowledged, code: error.code, effect: error.effect }));
      return;
    }
  }
}

/** Opens the file anew for each of thirty batches, and closes it behind it. */
async function reopen(_: Table, writer: string): Promise<void> {
  await store.close();
  for (let number = 0; number < 30; number += 1) {
    const again = await SqliteStore.open({ path, mode: 'write', clock: systemClock });
    await (await again.open('orders')).write(batch(writer, number));
    await again.close();
  }
}

function batch(writer: string, number: number) {
  return Array.from({ length: BATCH_ROWS }, (_, index) => ({
    kind: 'insert' as const,
    partitionKey: writer,
    rowKey: `${String(number).padStart(6, '0')}.${index}`,
    properties: { text: { type: 'string', value: 'x'.repeat(500) } } as const,
  }));
}
