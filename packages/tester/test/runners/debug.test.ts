import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

interface Debugged {
  readonly failed: string;
  readonly halts: readonly string[];
  readonly errors: string;
}

/** Runs the program that replays under a debugger. */
async function debugged(args: readonly string[], env: Record<string, string> = {}): Promise<Debugged> {
  const program = fileURLToPath(new URL('programs/debugged.js', import.meta.url));
  const options = { env: { ...process.env, ...env } };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], options);
  return { ...(JSON.parse(stdout) as Debugged), errors: stderr };
}

const HALTS = [
  'before step 1 of bob, counter.get(): it comes before step 3 of alice, counter.set(1)',
  'before step 2 of alice, counter.get(): it comes before step 4 of bob, counter.set(1)',
  'before step 3 of alice, counter.set(1): it comes behind step 1 of bob, counter.get()',
  'before step 4 of bob, counter.set(1): it comes behind step 2 of alice, counter.get()',
];

test('A replay halts in a debugger just before each step of the cause, and says what races with what', async () => {
  const { failed, halts, errors } = await debugged(['debug']);
  expect(failed).toBe('at-end');
  expect(halts).toEqual(HALTS);
  for (const said of HALTS) expect(errors).toContain(`changeover-tester: ${said}\n`);
});

test('A replay halts if the environment asks for it, and else not', async () => {
  expect((await debugged([], { CHANGEOVER_TESTER_DEBUG: '1' })).halts).toEqual(HALTS);
  expect((await debugged([])).halts).toEqual([]);
});
