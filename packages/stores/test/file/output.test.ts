import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileOutput } from '../../src/file/index.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'changeover-file-'));
  path = join(directory, 'orders.ndjson');
});

afterEach(() => rm(directory, { recursive: true }));

describe('a file that is written', () => {
  test('has its name when it is finished, and not before', async () => {
    const output = await FileOutput.create(path, false);
    await output.write('one\n');
    expect(await readdir(directory)).not.toContain('orders.ndjson');
    await output.write('two\n');
    await output.finish();
    expect(await readdir(directory)).toEqual(['orders.ndjson']);
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
  });

  test('leaves nothing when it is discarded', async () => {
    const output = await FileOutput.create(path, false);
    await output.write('one\n');
    await output.discard();
    expect(await readdir(directory)).toEqual([]);
  });

  test('does not take the place of one that came into being meanwhile', async () => {
    const output = await FileOutput.create(path, false);
    await writeFile(path, 'theirs');
    await expect(output.finish()).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    await output.discard();
    expect(await readFile(path, 'utf8')).toBe('theirs');
  });
});

describe('what is there already', () => {
  test('is refused without consent', async () => {
    await writeFile(path, '');
    await expect(FileOutput.create(path, false)).rejects.toMatchObject({
      code: 'FILE_EXISTS',
      hint: expect.stringContaining('--overwrite'),
    });
  });

  test.each(['', '{"partitionKey":"a",', 'PartitionKey,RowKey\r\n', 'PartitionKey,RowKey,n:int32\r\n'])(
    'is replaced with consent if it begins with %j',
    async (text) => {
      await writeFile(path, text);
      await (await FileOutput.create(path, true)).finish();
      expect(await readFile(path, 'utf8')).toBe('');
    },
  );

  test('stays as private as it was when it is replaced', async () => {
    await writeFile(path, '', { mode: 0o600 });
    await (await FileOutput.create(path, true)).finish();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test.each(['SQLite format 3', '{"event":"summary"}', 'PartitionKey,RowKeys'])(
    'is never replaced if it begins with %j',
    async (text) => {
      await writeFile(path, text);
      await expect(FileOutput.create(path, true)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    },
  );

  test('is refused if it is a directory', async () => {
    await mkdir(path);
    await expect(FileOutput.create(path, true)).rejects.toMatchObject({ code: 'FILE_NOT_A_FILE' });
  });
});

test('a directory that is not there is not made', async () => {
  await expect(FileOutput.create(join(directory, 'no', 'orders.csv'), false)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    effect: 'none',
  });
});
