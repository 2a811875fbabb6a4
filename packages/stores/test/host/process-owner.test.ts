import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { currentOwner, probeProcess } from '@changeover/stores/host';
import type { Owner } from 'changeover/control';
import { describe, test } from 'vitest';
import { lookAtProcess, type ProcessLook, parseProcStat, parsePs } from '../../src/host/process-look.ts';
import { livenessOf } from '../../src/host/process-owner.ts';

test('this process is alive', () => {
  assert.equal(probeProcess(currentOwner('a test')), 'alive');
});

test('an owner has the label that it was given', () => {
  const { pid, label } = currentOwner('changeover move');
  assert.deepEqual({ pid, label }, { pid: process.pid, label: 'changeover move' });
});

test('another process that used this pid before is dead', () => {
  assert.equal(probeProcess({ ...currentOwner('a test'), processStart: '1' }), 'dead');
});

test('a process of another host is unknown, whatever its pid', () => {
  assert.equal(probeProcess({ ...currentOwner('a test'), host: 'elsewhere' }), 'unknown');
});

test('a process of an earlier boot is dead', () => {
  assert.equal(probeProcess({ ...currentOwner('a test'), bootId: 'an earlier one' }), 'dead');
});

test('a process is dead once it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const owner = ownerOf(child.pid ?? assert.fail('the child did not start'));
  assert.equal(probeProcess(owner), 'alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(probeProcess(owner), 'dead');
});

test('a stopped process is alive', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const owner = ownerOf(child.pid ?? assert.fail('the child did not start'));
  child.kill('SIGSTOP');
  assert.equal(probeProcess(owner), 'alive');
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test.runIf(process.platform === 'linux')('a zombie is dead', async () => {
  // The shell's child ends at once, and the program that replaces the shell never asks for it.
  const parent = spawn('sh', ['-c', 'sleep 0.01 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  const look = await until(() => lookAtProcess(pid).kind === 'gone');
  assert.ok(look);
  assert.ok(process.kill(pid, 0), 'it is still in the table of processes');
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

describe('the judgement of liveness', () => {
  const here = { host: 'web/1', bootId: 'boot' };
  const owner: Owner = { host: 'web/1', bootId: 'boot', pid: 7, processStart: '100', label: '' };
  const cases: readonly (readonly [string, Partial<Owner>, typeof here, ProcessLook, string])[] = [
    ['alive: the pid has the same start', {}, here, running('100'), 'alive'],
    ['dead: the pid has another start', {}, here, running('200'), 'dead'],
    ['dead: nobody has the pid', {}, here, { kind: 'gone' }, 'dead'],
    ['unknown: the process does not show its start', {}, here, { kind: 'hidden' }, 'unknown'],
    ['dead: the host has booted since', { bootId: 'before' }, here, running('100'), 'dead'],
    ['unknown: it is another host', { host: 'web/2' }, here, { kind: 'gone' }, 'unknown'],
    [
      'unknown: it is another boot of another host',
      { host: 'web/2', bootId: 'x' },
      here,
      running('1'),
      'unknown',
    ],
    ['unknown: the owner did not know its start', { processStart: '' }, here, { kind: 'gone' }, 'unknown'],
    ['unknown: the owner did not know its boot', { bootId: '' }, here, { kind: 'gone' }, 'unknown'],
    ['unknown: we do not know our boot', {}, { ...here, bootId: '' }, { kind: 'gone' }, 'unknown'],
  ];
  for (const [title, change, facts, look, expected] of cases) {
    test(title, () => {
      assert.equal(
        livenessOf({ ...owner, ...change }, facts, () => look),
        expected,
      );
    });
  }
});

describe('what Linux says of a process', () => {
  const rest = '1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 THREADS 0 4711 0 0';
  const stat = (name: string, state: string, threads = 1) =>
    `7 (${name}) ${state} ${rest.replace('THREADS', String(threads))}`;

  test('its start is read whatever its name', () => {
    for (const name of ['node', 'a b', 'a) Z 1', '((', ') 1 2 3', 'a\nb']) {
      assert.deepEqual(parseProcStat(stat(name, 'S')), { kind: 'running', start: '4711' });
    }
  });

  test('a zombie is gone, unless it has threads left', () => {
    assert.deepEqual(parseProcStat(stat('node', 'Z')), { kind: 'gone' });
    assert.deepEqual(parseProcStat(stat('node', 'Z', 3)), { kind: 'running', start: '4711' });
  });

  test('text of another form tells nothing', () => {
    for (const text of ['', '7', '7 (node', '7 (node) S 1', stat('node', 'S').replace('4711', 'x')]) {
      assert.deepEqual(parseProcStat(text), { kind: 'hidden' });
    }
  });
});

describe('what ps says of a process', () => {
  test('its start is read', () => {
    const expected = { kind: 'running', start: 'Sun Nov 2 03:52:46 2026' };
    assert.deepEqual(parsePs('Ss+  Sun Nov  2 03:52:46 2026\n'), expected);
  });

  test('a zombie is gone', () => {
    assert.deepEqual(parsePs('Z    Sun Nov  2 03:52:46 2026\n'), { kind: 'gone' });
  });

  test('nothing tells nothing', () => {
    for (const text of ['', '\n', 'S\n']) assert.deepEqual(parsePs(text), { kind: 'hidden' });
  });
});

function running(start: string): ProcessLook {
  return { kind: 'running', start };
}

function ownerOf(pid: number): Owner {
  const look = lookAtProcess(pid);
  assert.ok(look.kind === 'running');
  return { ...currentOwner('a child'), pid, processStart: look.start };
}

/** Whether the condition comes true within ten seconds. */
async function until(condition: () => boolean): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return false;
}
