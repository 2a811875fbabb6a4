import assert from 'node:assert/strict';
import { onTestFinished, test } from 'vitest';
import { Workplace } from '../support/workplace.ts';

/** The command with all but one package. */
async function runWithout(name: string, ...argv: readonly string[]) {
  const workplace = await Workplace.create();
  onTestFinished(() => workplace.remove());
  const without = new URL('../support/without-package.js', import.meta.url);
  return { workplace, transcript: await workplace.runWith(['--import', `${without.href}?${name}`], ...argv) };
}

test.each([
  ['move', ['postgres://localhost/shop#t', 'sqlite:target.db']],
  ['plan', ['postgres://localhost/shop', 'sqlite:target.db']],
  ['export', ['postgres://localhost/shop#t', 'rows.ndjson']],
])('%s without the package pg ends with 2 and the line that installs it', async (command, argv) => {
  const { workplace, transcript } = await runWithout('pg', command, ...argv);
  assert.equal(transcript.exit, 2, transcript.stderr);
  assert.match(transcript.stderr, /the package pg is not installed/);
  assert.match(transcript.stderr, /npm install pg$/m);
  assert.equal(transcript.stdout, '');
  assert.deepEqual(await workplace.snapshot(), {});
});

test('a command that needs no pg does not miss it', async () => {
  const { transcript } = await runWithout('pg', '--version');
  assert.equal(transcript.exit, 0, transcript.stderr);
});
