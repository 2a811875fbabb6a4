import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemClock, systemRandom } from '@changeover/stores/host';
import Database from 'better-sqlite3';
import { VirtualClock } from 'changeover/std';
import { afterEach, beforeEach, describe, test } from 'vitest';
import { openSqliteControl, SqliteControl } from '../../src/sqlite/sqlite-control.ts';
import { openControlFile } from '../../src/sqlite/sqlite-control-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'control-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('opening what is not there', () => {
  test('without leave to create it is refused, and makes nothing', async () => {
    const opening = open(join(directory, 'sub', 'control.db'), false);
    await assert.rejects(opening, { code: 'CONTROL_NOT_FOUND', effect: 'none' });
    assert.deepEqual(await readdir(directory), []);
  });

  test('with leave to create it makes the directories too', async () => {
    const path = join(directory, 'a', 'b', 'control.db');
    const store = await open(path, true);
    assert.equal(store.location, path);
    await store.close();
  });

  test('an empty file is as good as none', async () => {
    const path = join(directory, 'control.db');
    await writeFile(path, '');
    await assert.rejects(open(path, false), { code: 'CONTROL_NOT_FOUND' });
    await (await open(path, true)).close();
  });

  test('a store whose maker died before it was done is made anew', async () => {
    const path = join(directory, 'control.db');
    await (await open(path, true)).close();
    exec(path, 'pragma journal_mode = delete');
    await writeFile(`${path}-journal`, journalOfNewDatabase());
    await assert.rejects(open(path, false), { code: 'CONTROL_NOT_FOUND' });
    await writeFile(`${path}-journal`, journalOfNewDatabase());
    const store = await open(path, true);
    assert.notEqual(store.identity, '');
    await store.close();
  });

  test.each([
    ['file/control.db', false],
    ['file/control.db', true],
    ['file/a/b/control.db', true],
    ['link/control.db', true],
  ])('%s, below what is no directory, is refused (create: %s)', async (path, create) => {
    await writeFile(join(directory, 'file'), 'text');
    await symlink(join(directory, 'nothing'), join(directory, 'link'));
    await assert.rejects(open(join(directory, path), create), {
      code: 'CONTROL_NOT_A_STORE',
      effect: 'none',
      message: /no directory is in the way/,
      hint: /--control/,
    });
  });

  // Node's own recursive mkdir never returns here.
  test.skipIf(process.platform !== 'linux').each(['/proc/x/control.db', '/proc/x/y/control.db'])(
    '%s, below where nobody can make a directory, is refused',
    { timeout: 5_000 },
    async (path) => {
      const opening = open(path, true);
      await assert.rejects(opening, {
        code: 'CONTROL_PERMISSION_DENIED',
        effect: 'none',
        message: /\/proc\/x/,
        hint: /--control/,
      });
    },
  );

  test('many that make its directories at once all get there', async () => {
    const path = join(directory, 'a', 'b', 'c', 'control.db');
    const stores = await Promise.all(Array.from({ length: 5 }, () => open(path, true)));
    for (const store of stores) await store.close();
  });
});

describe('opening what another process is making', () => {
  test('waits until that one has the file no longer for itself', async () => {
    const path = join(directory, 'control.db');
    const clock = new VirtualClock();
    const holder = new Database(path);
    holder.exec('begin exclusive');
    const opening = openSqliteControl({ path, create: true, clock, random: systemRandom });
    await until(() => clock.sleeping === 1);
    holder.close();
    await clock.advance(10);
    await (await opening).close();
  });

  test('takes what that one made', async () => {
    const path = join(directory, 'control.db');
    const clock = new VirtualClock();
    const holder = new Database(path);
    holder.exec('begin immediate');
    const openings = [1, 2].map(() => openSqliteControl({ path, create: true, clock, random: systemRandom }));
    await until(() => clock.sleeping === 2);
    holder.close();
    await clock.advance(100);
    const stores = await Promise.all(openings);
    assert.equal(stores[0]?.identity, stores[1]?.identity);
    for (const store of stores) await store.close();
  });
});

describe('opening what is something else', () => {
  const others: Readonly<Record<string, (path: string) => Promise<void>>> = {
    'a text': (path) =>
      writeFile(path, 'SQLite format 2 is long gone, and this is not even that.\n'.repeat(10)),
    'a file shorter than a header': (path) => writeFile(path, 'SQLite format 3\0'),
    'an application database': async (path) => exec(path, 'create table orders (id integer primary key)'),
    'an application database in WAL mode': async (path) => {
      exec(path, 'pragma journal_mode = wal; create table orders (id integer primary key)');
    },
    'an application database without tables': async (path) => exec(path, 'pragma user_version = 7'),
    'a directory': (path) => mkdir(path),
  };
  for (const [what, make] of Object.entries(others)) {
    for (const create of [false, true]) {
      test(`${what} is refused and left as it is, ${create ? 'with' : 'without'} leave to create`, async () => {
        const path = join(directory, 'other.db');
        await make(path);
        const before = await snapshot();
        await assert.rejects(open(path, create), { code: 'CONTROL_NOT_A_STORE', effect: 'none' });
        assert.deepEqual(await snapshot(), before);
      });
    }
  }

  test('a store of a later format is refused and left as it is', async () => {
    const path = join(directory, 'control.db');
    await (await open(path, true)).close();
    exec(path, 'pragma user_version = 3');
    const before = await snapshot();
    await assert.rejects(open(path, true), { code: 'CONTROL_FORMAT_UNKNOWN', effect: 'none' });
    assert.deepEqual(await snapshot(), before);
  });

  test('a damaged store is not taken for an empty one', async () => {
    const path = join(directory, 'control.db');
    const store = await open(path, true);
    await store.put('a', 'x'.repeat(100_000), undefined);
    await store.close();
    const bytes = await readFile(path);
    for (const offset of [4096, 4096 + 8, 2 * 4096, 3 * 4096]) {
      await writeFile(path, Buffer.from(bytes).fill(0xff, offset));
      await assert.rejects(readAll(path), { code: 'CONTROL_CORRUPT', effect: 'none' });
    }
  });
});

describe('an open store', () => {
  test('has an absolute path for its location', async () => {
    const store = await open(relative(process.cwd(), join(directory, 'control.db')), true);
    assert.equal(store.location, join(directory, 'control.db'));
    await store.close();
  });

  test('keeps its identity when it is opened again, by whatever name', async () => {
    const first = await open(join(directory, 'control.db'), true);
    await first.close();
    await symlink(join(directory, 'control.db'), join(directory, 'link.db'));
    const second = await open(join(directory, 'link.db'), false);
    assert.equal(second.identity, first.identity);
    await second.close();
  });

  test('has another identity than another store', async () => {
    const stores = [await open(join(directory, 'a.db'), true), await open(join(directory, 'b.db'), true)];
    assert.notEqual(stores[0]?.identity, stores[1]?.identity);
    for (const store of stores) await store.close();
  });

  test('is on disk when a write returns: it logs ahead, and syncs fully', async () => {
    const path = join(directory, 'control.db');
    const store = await open(path, true);
    await store.put('a', 1, undefined);
    assert.deepEqual((await readdir(directory)).toSorted(), [
      'control.db',
      'control.db-shm',
      'control.db-wal',
    ]);
    await store.close();
    assert.deepEqual(await readdir(directory), ['control.db']);
  });

  test('is made once by many that make it at once', async () => {
    const path = join(directory, 'control.db');
    const stores = await Promise.all(Array.from({ length: 5 }, () => open(path, true)));
    assert.equal(new Set(stores.map(({ identity }) => identity)).size, 1);
    for (const store of stores) await store.close();
  });

  test('says that its disk is full, and has changed nothing', async () => {
    const path = join(directory, 'control.db');
    const dependencies = { clock: systemClock, random: systemRandom };
    const file = { path, create: true, newIdentity: () => 'a', clock: systemClock, busyTimeoutMs: 100 };
    const { connection, identity } = await openControlFile(file);
    connection.statement('pragma max_page_count = 20').get();
    const store = new SqliteControl(connection, identity, dependencies);
    const { revision } = await store.put('a', 'small', undefined);
    const putting = store.put('a', 'x'.repeat(1_000_000), revision);
    await assert.rejects(putting, { code: 'CONTROL_FULL', effect: 'none' });
    assert.equal((await store.get('a'))?.value, 'small');
    await store.close();
  });

  test('gives a write up, without effect, when its signal aborts while another process writes', async () => {
    const path = join(directory, 'control.db');
    const store = await open(path, true);
    const holder = new Database(path);
    holder.exec('begin immediate');
    const putting = store.put('a', 1, undefined, { signal: AbortSignal.timeout(30) });
    await assert.rejects(putting, { code: 'CONTROL_ABORTED', effect: 'none' });
    holder.close();
    assert.equal(await store.get('a'), undefined);
    await store.close();
  });

  test('reads while another process writes', async () => {
    const path = join(directory, 'control.db');
    const store = await open(path, true);
    await store.put('a', 1, undefined);
    const holder = new Database(path);
    holder.exec('begin immediate; update documents set value = 2');
    assert.equal((await store.get('a'))?.value, 1);
    holder.close();
    await store.close();
  });
});

/** Waits until the condition holds, for ten seconds at most. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, 'it takes too long');
    await setImmediate();
  }
}

function open(path: string, create: boolean): Promise<SqliteControl> {
  return openSqliteControl({ path, create, clock: systemClock, random: systemRandom });
}

async function readAll(path: string): Promise<unknown> {
  const store = await open(path, false);
  try {
    return [await store.list(''), await store.sessions(), await store.journal(0)];
  } finally {
    await store.close();
  }
}

function exec(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

/** Every file of the directory with the hash of its bytes. */
async function snapshot(): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return Promise.all(
    entries.map(async (entry): Promise<readonly [string, string]> => {
      const bytes = entry.isFile() ? await readFile(join(directory, entry.name)) : '';
      return [entry.name, createHash('sha256').update(bytes).digest('hex')];
    }),
  );
}

/** What SQLite leaves beside a database that was empty before a transaction which then was cut off. */
function journalOfNewDatabase(): Buffer {
  const journal = Buffer.alloc(512);
  Buffer.from('d9d505f920a163d7', 'hex').copy(journal);
  const [records, nonce, pagesBefore, sectorBytes, pageBytes] = [0, 1, 0, 512, 4096];
  for (const [index, field] of [records, nonce, pagesBefore, sectorBytes, pageBytes].entries()) {
    journal.writeUInt32BE(field, 8 + 4 * index);
  }
  return journal;
}
