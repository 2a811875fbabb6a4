import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';

const scripts = {
  bash: (await capturedRun(['completion', 'bash'])).stdout.text,
  zsh: (await capturedRun(['completion', 'zsh'])).stdout.text,
};

async function has(shell: string): Promise<boolean> {
  return promisify(execFile)(shell, ['-c', 'true']).then(
    () => true,
    () => false,
  );
}

/** What bash offers for the last of `words`, as when Tab is pressed behind it. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const ask = `${scripts.bash}
COMP_WORDS=(changeover "$@")
COMP_CWORD=$#
$(complete -p changeover | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', ask, 'bash', ...words]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe.skipIf(!(await has('bash')))('in bash, Tab', () => {
  test.each([
    [['mo'], ['move']],
    [['st'], ['status']],
    [
      ['move', '--de'],
      ['--delete-extra', '--debug'],
    ],
    [['move', 'sqlite:a.db', 'sqlite:b.db', '--batch'], ['--batch-rows']],
    [['status', '--th'], []],
    [['move', '--threads', ''], []],
    [['move', '--report', 'rep'], []],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
    [['completion', 'z'], ['zsh']],
    [['move', 'status', '--recr'], ['--recreate']],
    [['live', 'roll'], ['rollback']],
    [['live', 'finalize', '--wi'], ['--wipe-source']],
    [['live', 'start', 'orders', '--until', 'c'], ['complete']],
  ])('behind %j offers %j', async (words, expected) => {
    expect((await offered(...words)).toSorted()).toEqual(expected.toSorted());
  });

  test('behind the name alone offers every verb', async () => {
    const help = (await capturedRun(['--help'])).stdout.text;
    const verbs = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, verb]) => verb);
    expect(verbs).toContain('completion');
    expect(await offered('')).toEqual(expect.arrayContaining(verbs));
  });
});

test.skipIf(!(await has('zsh')))('the script for zsh parses', async () => {
  await promisify(execFile)('zsh', ['-n', '-c', scripts.zsh]);
});

describe('the script for zsh', () => {
  test('has every option of every verb, with what it does', () => {
    expect(scripts.zsh).toMatch(/^#compdef changeover\n/);
    expect(scripts.zsh).toContain("'--delete-extra:let --repair delete rows that the source does not have'");
  });

  test('closes every quote that it opens', () => {
    expect(scripts.zsh.replaceAll("'\\''", '').match(/'/g)?.length).toSatisfy(
      (count: number) => count % 2 === 0,
    );
  });
});

test('a shell that nobody knows is exit 2, with those that are known', async () => {
  const { exit, stderr } = await capturedRun(['completion', 'fish']);
  expect({ exit, stderr: stderr.text }).toEqual({ exit: 2, stderr: expect.stringContaining('bash, zsh') });
});
