import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { currentOwner, probeProcess, systemClock, systemRandom } from '@changeover/stores/host';
import { FailureDetector, type Session, takeLock } from 'changeover/control';
import { afterEach, beforeEach, test } from 'vitest';
import { openSqliteControl, type SqliteControl } from '../../src/sqlite/sqlite-control.ts';

const LIMIT_MS = 60_000;

let directory: string;
let path: string;
let control: SqliteControl;
const children = new Set<ChildProcess>();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'control-'));
  path = join(directory, 'control.db');
  control = await openSqliteControl({ path, create: true, clock: systemClock, random: systemRandom });
});
afterEach(async () => {
  for (const child of children) await kill(child);
  await control.close();
  await rm(directory, { recursive: true });
});

test('the lock of a killed process is taken over at once, with a higher epoch', {
  timeout: LIMIT_MS,
}, async () => {
  const holder = start('hold');
  const { session, epoch } = (await holder.line()) as { session: Session; epoch: number };
  const detector = new FailureDetector({ clock: systemClock, probe: probeProcess });
  const context = { control, clock: systemClock, detector };
  const successor = await control.openSession(currentOwner('a successor'), LIMIT_MS);
  await assert.rejects(takeLock(context, 'lock', successor), { code: 'CONTROL_LOCK_HELD' });
  await kill(holder.child);
  assert.equal(detector.isDead(session), true);
  const lock = await takeLock(context, 'lock', successor);
  assert.equal(lock.epoch, epoch + 1);
  assert.ok(systemClock.now() < session.leaseUntilMs, 'well before the lease ran out');
});

test('four processes that add to one sum lose nothing', { timeout: LIMIT_MS }, async () => {
  const adders = Array.from({ length: 4 }, () => start('add'));
  for (const { end } of adders) assert.equal(await end, 0);
  assert.equal((await control.get('sum'))?.value, 400);
});

test('four processes that make a store at once make one', { timeout: LIMIT_MS }, async () => {
  const fresh = join(directory, 'fresh', 'control.db');
  const adders = Array.from({ length: 4 }, () => start('add', fresh));
  for (const { end } of adders) assert.equal(await end, 0);
  const made = await openSqliteControl({
    path: fresh,
    create: false,
    clock: systemClock,
    random: systemRandom,
  });
  assert.equal((await made.get('sum'))?.value, 400);
  await made.close();
});

test('a killed writer leaves everything that was acknowledged, and a store that works', {
  timeout: LIMIT_MS,
}, async () => {
  const writer = start('write');
  while (writer.lines.length < 200) await writer.line();
  await kill(writer.child);
  const later = await openSqliteControl({ path, create: false, clock: systemClock, random: systemRandom });
  const written = new Map((await later.list('written/')).map(({ name, revision }) => [name, revision]));
  for (const { name, revision } of writer.lines as readonly { name: string; revision: number }[]) {
    assert.equal(written.get(name), revision, name);
  }
  await later.put('after', 1, undefined);
  await later.close();
});

test('a watcher in another process sees the last state of what changes fast', {
  timeout: LIMIT_MS,
}, async () => {
  let { revision } = await control.put('watched', 0, undefined);
  const watcher = start('watch');
  await watcher.line();
  for (let value = 1; value <= 300; value += 1) {
    ({ revision } = await control.put('watched', value, revision));
  }
  while (watcher.lines.at(-1) !== 300) await watcher.line();
  await control.put('watched', 'end', revision);
  assert.equal(await watcher.end, 0);
  const seen = watcher.lines.slice(0, -1) as readonly number[];
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a - b),
  );
});

interface Running {
  readonly child: ChildProcess;
  /** What it said so far. */
  readonly lines: readonly unknown[];
  /** Resolves with its exit code. */
  readonly end: Promise<number | null>;
  /** Waits until it says something more, and gives that. */
  line(): Promise<unknown>;
}

/** Runs `control-child.ts` from source. What it says is complete up to where it was killed. */
function start(verb: string, store = path): Running {
  const file = fileURLToPath(new URL('control-child.ts', import.meta.url));
  const args = ['--import', 'tsx', '--conditions=@changeover/source', file, verb, store];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const lines: unknown[] = [];
  const said = createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)));
  const end = once(child, 'close').then(([code]) => code as number | null);
  const ended = end.then((code) => {
    throw new Error(`the process ended with ${code} after ${lines.length} lines`);
  });
  ended.catch(() => {});
  return {
    child,
    lines,
    end,
    line: async () => {
      await Promise.race([once(said, 'line'), ended]);
      return lines.at(-1);
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
