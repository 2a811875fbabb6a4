import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const readme = await readFile(`${ROOT}README.md`, 'utf8');

/** A folder that has what the example reads of a clone, so that what it writes stays out of this one. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'changeover-readme-'));
  for (const name of ['examples', 'node_modules']) await symlink(ROOT + name, join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

test('The example of the README stands before its line 40, and runs', { timeout: 60_000 }, async () => {
  const [before = '', block = ''] = readme.split('```sh\n');
  expect(before.split('\n').length).toBeLessThan(40);
  const lines = block.slice(0, block.indexOf('```')).trim().split('\n');
  const [install, ...commands] = lines;
  expect(install).toBe('npm ci');
  let output = '';
  for (const command of commands) {
    const path = `${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`;
    const options = { cwd: folder, env: { ...process.env, PATH: path } };
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replace(/^npx /, '')], options);
    output += stdout;
  }
  expect(output).toContain('source and target are the same');
  expect(output).toMatch(/finished\s+50,000 of 50,000/);
});
