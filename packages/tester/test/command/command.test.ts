import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { text } from '../../src/command/junit.ts';
import { requestOf, UsageError } from '../../src/command/request.ts';

const COMMAND = fileURLToPath(new URL('../../bin/changeover-tester.js', import.meta.url));
const PROGRAMS = fileURLToPath(new URL('../runners/programs/', import.meta.url));

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Runs the built command in a process of its own. */
function command(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, GITHUB_STEP_SUMMARY: '' };
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { cwd: PROGRAMS, env }, (error, output, errors) =>
      resolve({ code: error ? Number(error.code) : 0, output, errors }),
    );
  });
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the command', () => {
  test('explores all scenarios of a file, ends with 1 if one fails, and writes what CI reads', async () => {
    const [junit, summary] = [join(folder, 'junit.xml'), join(folder, 'summary.md')];
    const ci = ['--junit', junit, '--summary', summary];
    const folders = ['--corpus', join(folder, 'corpus'), '--pages', join(folder, 'pages')];
    const { code, output, errors } = await command(
      'explore',
      'counting.js',
      '--schedules',
      '50',
      ...ci,
      ...folders,
    );
    expect([code, errors]).toEqual([1, '']);
    expect(output).toMatch(/✗ count: .*\n✓ count, mended: 50 schedules/);
    expect(await readFile(junit, 'utf8')).toMatch(
      /tests="2" failures="1"[^]*<failure type="at-end" message="both/,
    );
    const markdown = await readFile(summary, 'utf8');
    expect(markdown).toMatch(
      /\| count \| ✗ failed \| .*\n\| count, mended \| ✓ passed \| 50 \|.*\| number of schedules \|/,
    );
    const [, again = ''] = /npx changeover-tester (replay .*)/.exec(markdown) ?? [];
    expect((await command(...again.replaceAll("'", '').split(' '))).code).toBe(1);
    expect(await readdir(folder)).toEqual(['corpus', 'junit.xml', 'pages', 'summary.md']);
  });

  test('explores with a portfolio, counts what fails, and what came before what', async () => {
    const how = ['--strategy', 'portfolio', '--saturation', '0.5', '--keep-going', '--coverage', '--json'];
    const { output } = await command('explore', 'counting.js#losing', ...how);
    const [report] = JSON.parse(output);
    expect(report).toMatchObject({ ended: 'saturation', defects: [{ kind: 'at-end' }] });
    expect([report.arms, report.coverage.kinds]).toEqual([expect.any(Array), expect.any(Array)]);
  });

  test('proves in threads, and ends with 0 if all pass', async () => {
    const args = ['prove', 'counting.js#mended', '--order', 'preemptions', '--workers', '1', '--json'];
    const { code, output } = await command(...args);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject([{ test: 'count, mended', passed: true, complete: true }]);
  });

  test.each([
    ['explore'],
    ['expect', 'counting.js'],
    ['explore', 'counting.js', '--seeds', '1'],
    ['explore', 'counting.js', '--seconds', 'many'],
    ['replay', 'counting.js'],
    ['prove', 'counting.js', '--order', 'none'],
    ['prove', 'counting.js', '--seed', '1'],
    ['replay', 'counting.js', 'token', '--workers', '2'],
    ['explore', 'counting.js', '--schedules', '1.5'],
    ['explore', 'counting.js', '--workers', '0'],
  ])('refuses %s %s %s', (...args) => {
    expect(() => requestOf(args)).toThrow(UsageError);
  });

  test('never says of a scenario that it has passed if there was no time for it', async () => {
    const [junit, summary] = [join(folder, 'junit.xml'), join(folder, 'summary.md')];
    const args = ['explore', 'counting.js#mended', '--seconds', '0', '--junit', junit, '--summary', summary];
    const { code, output, errors } = await command(...args);
    expect([code, output]).toEqual([2, '']);
    expect(errors).toMatch(/count, mended was not run: no time was left for it/);
    expect(await readFile(junit, 'utf8')).toMatch(/skipped="1"[^]*<skipped message=/);
    expect(await readFile(summary, 'utf8')).toMatch(/\| count, mended \| not run \|/);
  });

  test('ends with 2, and says where, if it cannot write what it is to write', async () => {
    const place = join(folder, 'none', 'junit.xml');
    const { code, errors } = await command('prove', 'counting.js#mended', '--junit', place);
    expect(code).toBe(2);
    expect(errors).toContain(`changeover-tester: ENOENT: no such file or directory, open '${place}'`);
  });

  test('ends with 2, and how it is called, if it is called wrongly', async () => {
    const { code, errors } = await command('explore', 'counting.js#none');
    expect(code).toBe(2);
    expect(errors).toMatch(/exports no scenario "none"\n\n.*explore FILE/);
  });
});

test('What XML does not know is shown by its number, and what it would take for markup is not', () => {
  expect(text('a\u0000<b>"&\u001B[31mred\u001B[39m\uD800 😀\n')).toBe(
    'a\\u0000&lt;b&gt;&quot;&amp;red\\ud800 😀\n',
  );
});
