import { readFile } from 'node:fs/promises';
import { systemClock } from '@changeover/stores/host';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';
import { eventsOf } from '../support/events-of.ts';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

const MOVE = ['move', placesUrl('app.db'), 'sqlite:new.db#places'];

/** A finished move of ten rows; since then one of the source is different, one missing in the target and one extra. */
beforeEach(async () => {
  place = await Workplace.create();
  place.application('app.db', 10);
  await place.run(...MOVE);
  place.sql('app.db', "update places set name = 'changed' where id = 4; delete from places where id = 5");
  place.sql('app.db', "insert into places values ('XX', 99, 'new')");
});

afterEach(() => place.remove());

/** SQLite keeps these two beside a file in its WAL mode, also for readers; they hold nothing. */
async function kept() {
  const { 'new.db-wal': _, 'new.db-shm': __, ...files } = await place.snapshot();
  return files;
}

describe('move --repair', () => {
  test('writes what differs, and leaves what the source does not have', async () => {
    const { exit, stdout, stderr } = await place.run(...MOVE, '--repair', '--yes');
    expect({ exit, stdout }).toEqual({
      exit: 3,
      stdout: expect.stringContaining('2 rows written, 0 deleted; now 1 extra.'),
    });
    expect(stderr).toContain('--delete-extra');
  });

  test('with --delete-extra leaves the target the same', async () => {
    const { exit, stdout } = await place.run(...MOVE, '--repair', '--delete-extra', '--yes');
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(
        /^Compared 11 rows .*: 2 rows written, 1 deleted; now source and target are the same\.\nNext: /,
      ),
    });
    expect((await place.run(...MOVE, '--validate')).exit).toBe(0);
  });

  test('with --json counts what it did in its last event', async () => {
    const transcript = await place.run(...MOVE, '--repair', '--delete-extra', '--yes', '--json');
    expect(eventsOf(transcript).at(-1)).toMatchObject({
      event: 'done',
      repair: { repaired: 2, deleted: 1, left: 0 },
      validation: { missing: 0, extra: 0, different: 0 },
    });
  });

  test('reports what is left, and only that', async () => {
    await place.run(...MOVE, '--repair', '--yes', '--report', 'r.ndjson');
    const lines = (await readFile(place.path('r.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'difference', kind: 'extra' },
      { event: 'summary', missing: 0, extra: 1, different: 0 },
    ]);
  });

  test('needs consent', async () => {
    const before = await kept();
    const { exit, stderr } = await place.run(...MOVE, '--repair', '--delete-extra');
    expect({ exit, stderr, after: await kept() }).toEqual({
      exit: 6,
      stderr: expect.stringMatching(
        /write over the rows of places in .*, and delete those.*\(CLI_CONSENT_REQUIRED\)/,
      ),
      after: before,
    });
  });

  test.each([
    ['repair\n', 0],
    ['yes\n', 6],
  ])('takes the typed word for consent: %j is exit %i', async (typed, exit) => {
    const argv = [...MOVE, '--repair', '--delete-extra', '--quiet'];
    expect((await capturedRun(argv, { cwd: place.directory, typed, clock: systemClock })).exit).toBe(exit);
  });
});

describe('move --repair --dry-run', () => {
  test('says what it would do, is exit 3, and changes nothing', async () => {
    const before = await kept();
    const { exit, stdout } = await place.run(...MOVE, '--repair', '--dry-run');
    expect({ exit, stdout, after: await kept() }).toEqual({
      exit: 3,
      stdout:
        'Compared 11 rows. This would write 2 rows and delete 0.\n' +
        'It would leave 1 row that the source does not have; --delete-extra would delete it.\n' +
        'Nothing was changed.\n',
      after: before,
    });
  });

  test('with --delete-extra counts what it would delete', async () => {
    const transcript = await place.run(...MOVE, '--repair', '--delete-extra', '--dry-run', '--json');
    expect(eventsOf(transcript).slice(-2)).toMatchObject([
      { event: 'dryRun', wouldWrite: 2, wouldDelete: 1, wouldLeave: 0 },
      { event: 'failed', exit: 3, code: 'CLI_DIFFERENCE_FOUND' },
    ]);
  });

  test('is exit 0 where there is nothing to repair', async () => {
    await place.run(...MOVE, '--repair', '--delete-extra', '--yes');
    const transcript = await place.run(...MOVE, '--repair', '--dry-run', '--json');
    expect(eventsOf(transcript).at(-1)).toMatchObject({
      event: 'done',
      exit: 0,
      dryRun: true,
      wouldWrite: 0,
    });
  });

  test('creates nothing where nothing is', async () => {
    const before = await kept();
    const { exit } = await place.run(
      'move',
      placesUrl('app.db'),
      'sqlite:none.db#places',
      '--repair',
      '--dry-run',
    );
    expect({ exit, after: await kept() }).toEqual({ exit: 2, after: before });
  });
});

describe('move --recreate --dry-run', () => {
  test('says what it would drop, and drops nothing', async () => {
    const before = await kept();
    const { exit, stdout } = await place.run(...MOVE, '--recreate', '--dry-run');
    expect({ exit, stdout, after: await kept() }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(
        /^This would drop the table places of .*new\.db with all its rows\.\nNothing was changed\.\n$/,
      ),
      after: before,
    });
  });

  test('with --json names the tables', async () => {
    const transcript = await place.run(...MOVE, '--recreate', '--dry-run', '--json');
    expect(eventsOf(transcript)).toMatchObject([
      { event: 'done', exit: 0, dryRun: true, wouldDrop: [{ store: place.path('new.db'), table: 'places' }] },
    ]);
  });

  test('creates nothing where nothing is', async () => {
    const before = await kept();
    const { stdout } = await place.run(
      'move',
      placesUrl('app.db'),
      'sqlite:none.db#places',
      '--recreate',
      '--dry-run',
    );
    expect({ stdout, after: await kept() }).toEqual({
      stdout: 'There is nothing to drop.\n',
      after: before,
    });
  });
});
