import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { newDirectory, openStore, runSql } from './own-files.ts';

test('a file in a directory that is not there cannot be written, and the directory is named', async () => {
  const directory = join(await newDirectory(), 'none');
  await assert.rejects(openStore(join(directory, 'new.db')), {
    code: 'TABLE_NOT_FOUND',
    effect: 'none',
    message: `the directory ${directory} does not exist`,
    hint: 'Create the directory first.',
  });
});

test.each(['read', 'write'] as const)('a path below a file is refused to %s', async (mode) => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'file'), 'text');
  await assert.rejects(openStore(join(directory, 'file', 'new.db'), mode), {
    code: 'TABLE_NOT_FOUND',
    effect: 'none',
    message: /file\/new\.db is below a file/,
    hint: 'Name a file in a directory.',
  });
});

test.each(['wal', 'shm', 'journal'])(
  'the -%s of another database is not taken for one to write',
  async (kind) => {
    const path = join(await newDirectory(), 'app.db');
    runSql(path, 'create table t (a primary key)');
    await assert.rejects(openStore(`${path}-${kind}`), {
      code: 'TABLE_NOT_SUPPORTED',
      effect: 'none',
      message: /app\.db-\w+ is the name of a file that SQLite keeps beside/,
    });
  },
);

test('a name that only looks like that of a journal is as good as any', async () => {
  const store = await openStore(join(await newDirectory(), 'orders-journal'));
  await store.create('orders');
  assert.deepEqual(await store.list(), ['orders']);
});

// Permissions do not bind root, but nobody makes files there.
test.skipIf(process.platform !== 'linux')(
  'a directory in which nobody may make files is refused to write',
  async () => {
    await assert.rejects(openStore('/proc/sys/new.db'), {
      code: 'TABLE_PERMISSION_DENIED',
      effect: 'none',
      message: '/proc/sys may not be written by this user',
      hint: /directory must be writable/,
    });
  },
);

const disk = smallDisk();

describe.skipIf(!disk)('on a read-only file system, where this process may mount one', () => {
  const file = join(disk ?? '', 'old.db');
  beforeAll(() => {
    runSql(file, 'create table t (a primary key)');
    execFileSync('mount', ['-o', 'remount,ro', disk ?? '']);
  });
  afterAll(() => {
    execFileSync('umount', [disk ?? '']);
    rmSync(disk ?? '', { recursive: true });
  });

  test.each([
    ['a file that is there', 'old.db', file],
    ['a new file', 'new.db', disk],
  ])('%s is refused to write', async (_, name, refused) => {
    await assert.rejects(openStore(join(disk ?? '', name)), {
      code: 'TABLE_PERMISSION_DENIED',
      effect: 'none',
      message: `${refused} is on a read-only file system`,
    });
  });

  test('a file can be read', async () => {
    assert.deepEqual(await (await openStore(file, 'read')).list(), []);
  });
});

/** A file system of its own, or undefined where this process may not mount one. */
function smallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'changeover-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'ignore' });
    return directory;
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
}
