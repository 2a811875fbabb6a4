import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { propertyOf, type Table } from 'changeover/table';
import { onTestFinished, test } from 'vitest';
import { newPath, openStore } from './own-files.ts';

const LIMIT_MS = 60_000;
const BATCH_ROWS = 5;
const WRITERS = ['a', 'b', 'c', 'd'];

test('four processes that add to one row, and write batches, lose nothing and see no error', {
  timeout: LIMIT_MS,
}, async () => {
  const path = await newPath();
  const codes = await Promise.all(WRITERS.map(async (writer) => exitOf(start('add', path, writer))));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  const table = await (await openStore(path, 'read')).open('orders');
  const counter = await table.get({ partitionKey: 'counters', rowKey: 'sum' });
  assert.equal(counter && propertyOf(counter.properties, 'sum')?.value, 400);
  for (const writer of WRITERS) assert.equal((await table.query(writer)).length, 100 * BATCH_ROWS);
});

test('four processes that open and close a file all the time, its log with it, lose nothing and see no error', {
  timeout: LIMIT_MS,
}, async () => {
  const path = await newPath();
  const codes = await Promise.all(WRITERS.map(async (writer) => exitOf(start('reopen', path, writer))));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  const table = await (await openStore(path, 'read')).open('orders');
  for (const writer of WRITERS) assert.equal((await table.query(writer)).length, 30 * BATCH_ROWS);
});

test('a writer that is killed leaves what it acknowledged, and whole batches only', {
  timeout: LIMIT_MS,
}, async () => {
  const path = await newPath();
  const writer = start('stream', path, 'w');
  const acknowledged = await linesOf(writer, 200);
  const table = await (await openStore(path)).open('orders');
  const batches = await batchesOf(table, 'w');
  for (const number of acknowledged) assert.equal(batches.get(Number(number)), BATCH_ROWS, `batch ${number}`);
  assert.deepEqual([...new Set(batches.values())], [BATCH_ROWS]);
  await table.load([{ partitionKey: 'after', rowKey: 'r', properties: {} }]);
});

test('a commit that the disk fails says that its effect is unknown, and leaves whole batches', {
  timeout: LIMIT_MS,
}, async () => {
  const path = await newPath();
  // The limit on the size of files makes the system refuse a write in the midst of a commit.
  const child = start('fill', path, 'w', 'ulimit -f 512; ');
  const [line = ''] = await linesOf(child, 1);
  const said = JSON.parse(line) as { acknowledged: number; code: string; effect: string };
  assert.deepEqual([said.code, said.effect], ['TABLE_UNAVAILABLE', 'unknown']);
  const batches = await batchesOf(await (await openStore(path)).open('orders'), 'w');
  assert.ok(batches.size === said.acknowledged || batches.size === said.acknowledged + 1);
  assert.deepEqual([...new Set(batches.values())], [BATCH_ROWS]);
});

function start(verb: string, path: string, name: string, setUp = ''): ChildProcess {
  const file = fileURLToPath(new URL('concurrency-child.ts', import.meta.url));
  const command = [
    process.execPath,
    '--import',
    'tsx',
    '--conditions=@changeover/source',
    file,
    verb,
    path,
    name,
  ];
  const child = spawn('sh', ['-c', `${setUp}exec "$@"`, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  child.stdout?.resume();
  const [code] = await once(child, 'close');
  return code as number | null;
}

/** Kills the process once it said so many lines, and gives all that it had said by then. */
async function linesOf(child: ChildProcess, count: number): Promise<readonly string[]> {
  assert.ok(child.stdout);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) child.kill('SIGKILL');
  }
  assert.ok(lines.length >= count, `the process ended after ${lines.length} lines`);
  return lines;
}

/** How many rows each batch of a writer has. */
async function batchesOf(table: Table, writer: string): Promise<ReadonlyMap<number, number>> {
  const batches = new Map<number, number>();
  for (const { rowKey } of await table.query(writer)) {
    const number = Number(rowKey.slice(0, 6));
    batches.set(number, (batches.get(number) ?? 0) + 1);
  }
  return batches;
}
