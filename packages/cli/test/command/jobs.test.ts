import { tmpdir } from 'node:os';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
});

afterEach(() => place.remove());

async function moved(): Promise<string> {
  place.application('app.db');
  const { stdout } = await place.run(
    'move',
    placesUrl('app.db'),
    'sqlite:new.db#places',
    '--json',
    '--quiet',
  );
  return (JSON.parse(stdout) as { job: string }).job;
}

describe('status', () => {
  test('without a control store says that there are no jobs, and creates none', async () => {
    const { exit, stdout } = await place.run('status');
    expect({ exit, stdout, files: await place.snapshot() }).toEqual({
      exit: 0,
      stdout: 'There are no jobs.\n',
      files: {},
    });
  });

  test('lists the jobs', async () => {
    const job = await moved();
    const { stdout } = await place.run('status');
    expect(stdout).toMatch(new RegExp(`^JOB +STATE.*\n${job}  finished  3 of 3  `));
  });

  test('tells all about one job, by the beginning of its id', async () => {
    const job = await moved();
    const { stdout } = await place.run('status', job.slice(0, 4));
    expect(stdout).toContain(`${job}\nstate:        finished\n`);
    expect(stdout).toContain('3 rows compared, 0 missing, 0 extra, 0 different, 0 not compared');
  });

  test('names the stores so that they can be found from any directory', async () => {
    const job = await moved();
    const { stdout } = await place.run('status', job);
    expect(stdout).toContain(`target:       sqlite:${place.path('new.db')}#places\n`);
  });

  test('with --json prints one job a line', async () => {
    const job = await moved();
    const { stdout } = await place.run('status', '--json');
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { event: 'job', job, state: 'finished' },
      { event: 'done', job: null, jobs: 1 },
    ]);
  });
});

describe('abandon', () => {
  test('gives a job up', async () => {
    const job = await moved();
    const { exit } = await place.run('abandon', job, '--yes');
    expect({ exit, status: (await place.run('status')).stdout }).toEqual({
      exit: 0,
      status: expect.stringContaining('abandoned'),
    });
  });

  test('finds the target from any directory', async () => {
    const job = await moved();
    const marks = "select count(*) from _changeover_progress where partition_key = 'marks'";
    expect(read('new.db', marks)).toBe(1);
    const control = `sqlite:${place.path('.changeover/control.db')}`;
    const { exit } = await capturedRun(['abandon', job, '--yes', '--control', control], { cwd: tmpdir() });
    expect({ exit, marks: read('new.db', marks) }).toEqual({ exit: 0, marks: 0 });
  });

  test('with --dry-run only says what it would do', async () => {
    const job = await moved();
    const before = await place.snapshot();
    const { exit, stdout } = await place.run('abandon', job, '--dry-run');
    expect({ exit, stdout, status: (await place.run('status')).stdout }).toEqual({
      exit: 0,
      stdout: expect.stringContaining(`This would give up job ${job}`),
      status: expect.stringContaining('finished'),
    });
    expect((await place.snapshot())['new.db']).toBe(before['new.db']);
  });

  test('needs consent', async () => {
    const job = await moved();
    const { exit, stderr } = await place.run('abandon', job);
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: expect.stringContaining('--yes') });
  });

  test('takes the typed id for consent', async () => {
    const job = await moved();
    const { exit, stderr } = await capturedRun(['abandon', job], { cwd: place.directory, typed: `${job}\n` });
    expect({ exit, asked: stderr.text }).toEqual({
      exit: 0,
      asked: expect.stringContaining(`Type ${job} to agree: `),
    });
  });

  test.each(['yes\n', '\n', ''])('takes nothing else for consent: %j', async (typed) => {
    const job = await moved();
    const { exit } = await capturedRun(['abandon', job], { cwd: place.directory, typed });
    expect({ exit, status: (await place.run('status')).stdout }).toEqual({
      exit: 6,
      status: expect.stringContaining('finished'),
    });
  });
});

/** The one value that a query of a file of the workplace gives. */
function read(file: string, query: string): unknown {
  const db = new Database(place.path(file), { readonly: true });
  try {
    return db.prepare(query).pluck().get();
  } finally {
    db.close();
  }
}
