import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const guide = await readFile(`${ROOT}docs/guides/live-migration.md`, 'utf8');

/** A folder that has what the guide reads of a clone, so that what it writes stays out of this one. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'changeover-guide-'));
  for (const name of ['examples', 'node_modules']) await symlink(ROOT + name, join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

test('The commands of the guide to live migrations run as they stand, to the end', {
  timeout: 240_000,
}, async () => {
  const commands = [...guide.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.trim().split('\n'),
  );
  const path = `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
  let last = '';
  for (const command of commands) {
    const options = { cwd: folder, env: { ...process.env, PATH: path } };
    ({ stdout: last } = await promisify(execFile)('sh', ['-c', command], options));
  }
  expect(last).toMatch(/stage: +finalized\n/);
});

test('The guide to live migrations has every verb of it', async () => {
  const options = { cwd: folder };
  const command = join(ROOT, 'node_modules', '.bin', 'changeover');
  const { stdout } = await promisify(execFile)(command, ['live', '--help'], options);
  const [, commands = ''] = stdout.split('Commands:\n');
  const verbs = [...commands.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, verb]) => verb ?? '');
  expect(verbs).toContain('finalize');
  expect(verbs.filter((verb) => !guide.includes(`changeover live ${verb} `))).toEqual([]);
});
