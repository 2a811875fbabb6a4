import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { explore, type Scenario, ScheduleError } from '@changeover/tester';
import { expect, test } from 'vitest';

interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program of the folder beside this file, as a user runs one: with the built package. */
function run(...args: readonly string[]): Promise<Ended> {
  const cwd = fileURLToPath(new URL('programs', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const REPORT = /count failed \(at-end\): both have counted/;
const REPLAY = /replay: await replay\(scenario, 'ct1\.[\w.-]+'\)/;

const rejecting: Scenario<{ call(): Promise<void> }> = {
  name: 'a promise that nobody handles',
  setup: (scope) => ({ call: () => scope.yield('call') }),
  tasks: ({ call }) => ({
    careless: async () => {
      void call().then(() => {
        throw new Error('nobody hears this');
      });
    },
  }),
};

test('Under vitest a failing schedule is an error whose message is the report', async () => {
  const report = await explore(rejecting);
  expect(() => report.assertPassed()).toThrow(ScheduleError);
  expect(() => report.assertPassed()).toThrow(/failed \(rejection\): nobody handled: nobody hears this/);
});

test('Under vitest whoever listens for unhandled rejections does so again when a search is over', async () => {
  const before = process.listeners('unhandledRejection');
  expect(before.length).toBeGreaterThan(0);
  await explore(rejecting);
  expect(process.listeners('unhandledRejection')).toEqual(before);
});

test('Under node:test a failing schedule fails its test with the report, and no other test', async () => {
  const { code, output } = await run('--test', '--test-reporter=tap', 'node-test.js');
  expect(output).toMatch(REPORT);
  expect(output).toMatch(REPLAY);
  expect(output).toMatch(/not ok 1 - counts$/m);
  expect(output).toMatch(/ok 2 - counts, mended$/m);
  expect(code).toBe(1);
});

test('Alone a failing schedule ends the process with exit code 1 and the report', async () => {
  const { code, output } = await run('alone.js');
  expect(output).toMatch(REPORT);
  expect(output).toMatch(REPLAY);
  expect(code).toBe(1);
});

test('Alone a search that passes ends the process with exit code 0, and leaves nothing that keeps it alive', async () => {
  const { code, output } = await run('alone.js', 'mended');
  expect(output).toMatch(/^✓ count, mended: 1,000 schedules sampled with pos/m);
  expect(code).toBe(0);
});
