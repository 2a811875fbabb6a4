import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@changeover/stores/host';
import type { Effect } from 'changeover/std';
import { TableError, type TableErrorCode } from 'changeover/table';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { openSqliteControl } from '../../src/sqlite/sqlite-control.ts';
import { controlFileError, sqliteControlError } from '../../src/sqlite/sqlite-control-errors.ts';

describe('what a connection throws has a code of control stores, and keeps its effect', () => {
  const cases: readonly (readonly [TableErrorCode, Effect, string])[] = [
    ['TABLE_FULL', 'none', 'CONTROL_FULL'],
    ['TABLE_READ_ONLY', 'none', 'CONTROL_READ_ONLY'],
    ['TABLE_PERMISSION_DENIED', 'none', 'CONTROL_PERMISSION_DENIED'],
    ['TABLE_NOT_A_STORE', 'none', 'CONTROL_NOT_A_STORE'],
    ['TABLE_CORRUPT', 'none', 'CONTROL_CORRUPT'],
    ['TABLE_CLOSED', 'none', 'CONTROL_CLOSED'],
    ['TABLE_ABORTED', 'none', 'CONTROL_ABORTED'],
    ['TABLE_THROTTLED', 'none', 'CONTROL_UNAVAILABLE'],
    ['TABLE_UNAVAILABLE', 'unknown', 'CONTROL_UNAVAILABLE'],
    ['TABLE_TIMEOUT', 'unknown', 'CONTROL_UNAVAILABLE'],
  ];
  for (const [from, effect, code] of cases) {
    test(`${from} with effect ${effect} is ${code}`, () => {
      const cause = new TableError(from, 'FILE: it failed', { effect, hint: 'do something' });
      const expected = { code, effect, message: 'the control store FILE: it failed', cause };
      assert.throws(() => rethrow(sqliteControlError(cause)), expected);
    });
  }

  test('what to do is what the connection says, but for damage', () => {
    const hintOf = (code: TableErrorCode) =>
      (sqliteControlError(new TableError(code, '', { effect: 'none', hint: 'wait' })) as TableError).hint;
    assert.equal(hintOf('TABLE_FULL'), 'wait');
    assert.match(String(hintOf('TABLE_CORRUPT')), /^Stop what uses it, then mend it/);
  });

  test('a defect stays what it is', () => {
    const defect = new TypeError('of ours');
    assert.equal(sqliteControlError(defect), defect);
    assert.equal(controlFileError(defect, 'path'), defect);
  });
});

describe('what the file system throws has a code, and no effect', () => {
  const cases: Readonly<Record<string, string>> = {
    ENOENT: 'CONTROL_NOT_FOUND',
    ENOTDIR: 'CONTROL_NOT_A_STORE',
    EEXIST: 'CONTROL_NOT_A_STORE',
    EACCES: 'CONTROL_PERMISSION_DENIED',
    EPERM: 'CONTROL_PERMISSION_DENIED',
    EROFS: 'CONTROL_READ_ONLY',
    ENOSPC: 'CONTROL_FULL',
    EDQUOT: 'CONTROL_FULL',
    EIO: 'CONTROL_UNAVAILABLE',
  };
  for (const [errno, code] of Object.entries(cases)) {
    test(`${errno} is ${code}`, () => {
      const cause = Object.assign(new Error(errno), { code: errno, syscall: 'mkdir' });
      assert.throws(() => rethrow(controlFileError(cause, 'path')), { code, effect: 'none', cause });
    });
  }
});

describe('without permission to write', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'control-'));
  });
  afterEach(async () => {
    await chmod(directory, 0o755);
    await rm(directory, { recursive: true });
  });

  test('a store cannot be made', async () => {
    await chmod(directory, 0o555);
    for (const path of ['control.db', 'sub/control.db']) {
      const opening = unprivileged(() => open(join(directory, path)));
      await assert.rejects(opening, { code: 'CONTROL_PERMISSION_DENIED', effect: 'none' });
    }
  });

  test('a store cannot be opened, though it can be read', async () => {
    await (await open(join(directory, 'control.db'))).close();
    await chmod(join(directory, 'control.db'), 0o444);
    await chmod(directory, 0o555);
    const opening = unprivileged(() => open(join(directory, 'control.db')));
    await assert.rejects(opening, { code: 'CONTROL_PERMISSION_DENIED', effect: 'none' });
  });

  test('a directory that may not even be entered is no absence', async () => {
    await mkdir(join(directory, 'closed'), { mode: 0o000 });
    const opening = unprivileged(() => open(join(directory, 'closed', 'control.db')));
    await assert.rejects(opening, { code: 'CONTROL_PERMISSION_DENIED', effect: 'none' });
  });
});

/** Lets an assertion look at the error's own properties. */
function rethrow(error: unknown): never {
  throw error;
}

function open(path: string) {
  return openSqliteControl({ path, create: true, clock: systemClock, random: systemRandom });
}

/** Root may write anywhere; so while the work runs this process is nobody. */
async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
