import { readFile, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';
import { placesUrl, type Transcript, Workplace } from '../support/workplace.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
});

afterEach(() => place.remove());

const MOVE = ['move', placesUrl('app.db'), 'sqlite:new.db#places'];

function events({ stdout }: Transcript): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function rowsOf(file: string): unknown {
  const db = new Database(place.path(file), { readonly: true });
  const count = db.prepare('select count(*) from places').pluck().get();
  db.close();
  return count;
}

describe('a move', () => {
  test('copies every row, proves it, and says so', async () => {
    place.application('app.db', 100);
    const { exit, stdout, stderr } = await place.run(...MOVE);
    expect({ exit, rows: rowsOf('new.db') }, stderr).toEqual({ exit: 0, rows: 100 });
    expect(stdout).toMatch(/^Copied 100 rows of 1 table in .*\nCompared 100 rows .*the same\.\nNext: .*\n$/);
  });

  test('says on standard error where the control store is, and what it does', async () => {
    place.application('app.db');
    const { stderr } = await place.run(...MOVE);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^control store: \/.*\.changeover\/control\.db$/),
      expect.stringMatching(/^job \w+: setup, copy, validate \(1 table\)$/),
      expect.stringMatching(/^setup: done, 1 table in /),
      expect.stringMatching(/^copy: done, 3 rows in /),
      expect.stringMatching(/^validate: done, 3 rows in /),
      '',
    ]);
  });

  test('leaves its source as it was, to the byte', async () => {
    place.application('app.db', 100);
    const before = (await place.snapshot())['app.db'];
    await place.run(...MOVE);
    const { 'app.db': after, 'app.db-wal': wal, 'app.db-shm': shm } = await place.snapshot();
    expect({ after, wal, shm }).toEqual({ after: before, wal: undefined, shm: undefined });
  });

  test('with --quiet tells the end only', async () => {
    place.application('app.db');
    const { stdout, stderr } = await place.run(...MOVE, '--quiet');
    expect({ stderr, first: stdout.split(' ')[0] }).toEqual({ stderr: '', first: 'Copied' });
  });

  test('with --json prints its events, and nothing else', async () => {
    place.application('app.db');
    const transcript = await place.run(...MOVE, '--json');
    expect({ exit: transcript.exit, stderr: transcript.stderr }).toEqual({ exit: 0, stderr: '' });
    expect(events(transcript).map(({ event, step }) => `${String(event)} ${String(step)}`)).toEqual([
      'control null',
      'started null',
      'stepStarted setup',
      'stepFinished setup',
      'stepStarted copy',
      'progress copy',
      'progress copy',
      'stepFinished copy',
      'stepStarted validate',
      'progress validate',
      'progress validate',
      'summary validate',
      'stepFinished validate',
      'done null',
    ]);
    expect(events(transcript).at(-1)).toMatchObject({
      exit: 0,
      tables: 1,
      rows: 3,
      validation: { compared: 3, missing: 0 },
    });
  });

  test('with --json and --quiet prints the last event only', async () => {
    place.application('app.db');
    const transcript = await place.run(...MOVE, '--json', '--quiet');
    expect(events(transcript).map(({ event }) => event)).toEqual(['done']);
  });

  test('moves only the rows that --where names', async () => {
    place.application('app.db', 100);
    const { exit } = await place.run(...MOVE, '--where', "PartitionKey eq 'FR'");
    expect({ exit, rows: rowsOf('new.db') }).toEqual({ exit: 0, rows: 50 });
  });

  test('that is done already is refused', async () => {
    place.application('app.db');
    await place.run(...MOVE);
    const { exit, stderr } = await place.run(...MOVE);
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: expect.stringContaining('MOVE_ALREADY_COPIED') });
  });

  test('goes on, step by step, where it was left', async () => {
    place.application('app.db');
    const steps = [['--setup'], ['--copy'], ['--validate']];
    const words: (string | undefined)[] = [];
    for (const step of steps) words.push((await place.run(...MOVE, ...step)).stdout.split(' ')[0]);
    expect(words).toEqual(['Next:', 'Copied', 'Compared']);
  });
});

describe('a difference', () => {
  beforeEach(async () => {
    place.application('app.db', 10);
    await place.run(...MOVE);
    place.sql('app.db', "update places set name = 'changed' where id = 4; delete from places where id = 5");
    place.sql('app.db', "insert into places values ('XX', 99, 'new')");
  });

  test('is exit 3, counted by kind', async () => {
    const { exit, stdout, stderr } = await place.run(...MOVE, '--validate');
    expect({ exit, stdout }).toEqual({
      exit: 3,
      stdout: expect.stringContaining('1 missing, 1 extra, 1 different'),
    });
    expect(stderr).toContain('CLI_DIFFERENCE_FOUND');
  });

  test('is the last event of --json', async () => {
    const transcript = await place.run(...MOVE, '--validate', '--json');
    expect(events(transcript).at(-1)).toMatchObject({
      event: 'failed',
      exit: 3,
      code: 'CLI_DIFFERENCE_FOUND',
    });
  });

  test('is in the report, line by line, with the counts at its end', async () => {
    await place.run(...MOVE, '--validate', '--report', 'r.ndjson');
    const lines = (await readFile(place.path('r.ndjson'), 'utf8')).trimEnd().split('\n');
    const kinds = lines.map((line) => JSON.parse(line) as { event: string; kind?: string });
    expect(
      kinds
        .slice(0, -1)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['different', 'extra', 'missing']);
    expect(kinds.at(-1)).toEqual({
      event: 'summary',
      compared: expect.any(Number),
      notCompared: 0,
      missing: 1,
      extra: 1,
      different: 1,
    });
  });
});

describe('a report of a clean validation', () => {
  test('takes the place of an earlier one, and holds the counts', async () => {
    place.application('app.db');
    await writeFile(place.path('r.ndjson'), '{"event":"difference","kind":"missing"}\n');
    await place.run(...MOVE, '--report', 'r.ndjson');
    const report = await readFile(place.path('r.ndjson'), 'utf8');
    expect(report).toBe(
      '{"event":"summary","compared":3,"notCompared":0,"missing":0,"extra":0,"different":0}\n',
    );
  });
});

describe('--recreate', () => {
  test('with --yes drops what is there, and starts over', async () => {
    place.application('app.db');
    await place.run(...MOVE);
    const { exit } = await place.run(...MOVE, '--recreate', '--yes');
    expect({ exit, rows: rowsOf('new.db') }).toEqual({ exit: 0, rows: 3 });
  });

  test('changes nothing if another name than the table’s is typed', async () => {
    place.application('app.db');
    await place.run(...MOVE);
    const { exit, stderr } = await capturedRun([...MOVE, '--recreate'], {
      cwd: place.directory,
      typed: 'Places\n',
    });
    expect({ exit, asked: stderr.text, rows: rowsOf('new.db') }).toEqual({
      exit: 6,
      asked: expect.stringContaining('Type places to agree: '),
      rows: 3,
    });
  });

  test('needs no consent where there is nothing to drop', async () => {
    place.application('app.db');
    expect((await place.run(...MOVE, '--recreate')).exit).toBe(0);
  });
});
