import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FencedTable, raiseFence } from 'changeover/fence';
import { isCode } from 'changeover/std';
import type { Fence, Row, Store, Table } from 'changeover/table';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/host/index.ts';
import { resolve } from '../../src/index.ts';

const CHILD = fileURLToPath(new URL('writer-child.ts', import.meta.url));
const LIMIT_MS = 30_000;
/** How long a raise waits for a writer that was paused in the middle of a transaction, and so holds its lock. */
const RAISE_MS = 300;

/**
 * Another process owns the table that `url` names, and is stopped while it writes; this one takes over and writes; the
 * other one wakes. Asserts that each of its writes is refused, and that nothing of them lands.
 */
export async function assertPausedWriterIsRefused(url: string): Promise<void> {
  const { store, table: name } = await resolve(url, { mode: 'write', clock: systemClock, env: process.env });
  onTestFinished(() => store.close());
  const table = await store.open(name ?? '');
  const writer = new Writer(url);
  await writer.saysMatching(/^wrote 20$/);

  const fence = await takeOver(store, writer);
  const mine = { type: 'string', value: 'mine' } as const;
  const row = { partitionKey: 'p', rowKey: 'counter', properties: { text: mine } };
  await new FencedTable(table, fence).write([{ ...row, kind: 'upsertReplace' }]);
  const taken = await rowsOf(table);
  writer.assertStopped();

  writer.wake();
  await writer.ends();
  const refusal = `TABLE_FENCED none expected 1 actual ${fence.epoch}`;
  assert.deepEqual(writer.lines.slice(-3), [`batch ${refusal}`, `load ${refusal}`, `delete ${refusal}`]);
  assert.deepEqual(await rowsOf(table), taken);
  assert.deepEqual(
    taken.map(({ properties }) => properties),
    [{ text: mine }],
  );
}

/** Raises the fence past a writer that stands still. One that was stopped within a transaction has to go on first. */
async function takeOver(store: Store, writer: Writer): Promise<Fence> {
  for (const deadline = Date.now() + LIMIT_MS; ; ) {
    await writer.pause();
    try {
      return await raiseFence(store, 'owner', { signal: AbortSignal.timeout(RAISE_MS) });
    } catch (error) {
      if (!isCode(error, 'TABLE_ABORTED', 'TABLE_THROTTLED') || Date.now() > deadline) throw error;
    }
    const written = writer.lines.length;
    writer.wake();
    await writer.saysMore(written);
  }
}

async function rowsOf(table: Table): Promise<readonly Row[]> {
  return (await table.scan()).rows;
}

/** The other process, and what it has said. */
class Writer {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(url: string) {
    const command = ['--import', 'tsx', '--conditions=@changeover/source', CHILD, url];
    this.#child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
    assert.ok(this.#child.stdout);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.lines.push(line));
    this.#ended = once(this.#child, 'close');
  }

  async saysMatching(pattern: RegExp): Promise<void> {
    await until(() => this.lines.some((line) => pattern.test(line)), `the writer says ${pattern}`);
  }

  async saysMore(than: number): Promise<void> {
    await until(() => this.lines.length > than, 'the writer goes on');
  }

  async pause(): Promise<void> {
    this.#child.kill('SIGSTOP');
    await until(() => this.#state.startsWith('T'), 'the writer stops');
  }

  assertStopped(): void {
    assert.match(this.#state, /^T/);
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async ends(): Promise<void> {
    await Promise.race([this.#ended, timeOut('the writer ends')]);
    assert.equal(this.#child.exitCode, 0);
  }

  /** The first letter is T of a process that is stopped. */
  get #state(): string {
    return execFileSync('ps', ['-o', 'state=', '-p', String(this.#child.pid)])
      .toString()
      .trim();
  }
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + LIMIT_MS; !condition(); await setTimeout(5)) {
    assert.ok(Date.now() < deadline, `${what}: not within ${LIMIT_MS} ms`);
  }
}

async function timeOut(what: string): Promise<never> {
  await setTimeout(LIMIT_MS, undefined, { ref: false });
  assert.fail(`${what}: not within ${LIMIT_MS} ms`);
}
