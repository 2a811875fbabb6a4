import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
});

afterEach(() => place.remove());

const SIDES = [placesUrl('app.db'), 'sqlite:new.db#places'];

function plan(...options: readonly string[]) {
  return capturedRun(['plan', ...SIDES, ...options], { cwd: place.directory });
}

function move(...options: readonly string[]) {
  return capturedRun(['move', ...SIDES, ...options], { cwd: place.directory });
}

describe('a plan of a move that would go through', () => {
  test('is exit 0, and leaves everything as it was', async () => {
    place.application('app.db', 100);
    const before = await place.snapshot();
    const { exit, stderr } = await plan();
    expect({ exit, errors: stderr.text }).toEqual({ exit: 0, errors: '' });
    expect(await place.snapshot()).toEqual(before);
  });

  test('says what there is, what it will take, and that it would go through', async () => {
    place.application('app.db', 100);
    const { stdout } = await plan();
    expect(stdout.lines).toEqual([
      'places',
      expect.stringMatching(/^ {2}source {4}sqlite \/.*app\.db, mapped by .*country/),
      expect.stringMatching(/^ {2}target {4}sqlite \/.*new\.db, own layout, no such table yet$/),
      expect.stringMatching(/^ {2}rows {6}100 rows, .* kB$/),
      expect.stringMatching(/^ {2}largest {3}row \d+ bytes, key \d+ bytes, 1 properties/),
      '  values    every row was looked at: the target can hold them all',
      'Forecast of the whole move',
      expect.stringMatching(/^ {2}copy {6}.*; 1 read of the source, 1 write to the target$/),
      expect.stringMatching(/^ {2}validate {2}.*; 1 read of the source, 1 read of the target$/),
      expect.stringMatching(/^ {2}price {5}source: 0\.00 USD \(20\d\d-/),
      expect.stringMatching(/^ {2}price {5}target: 0\.00 USD \(20\d\d-/),
      expect.stringMatching(/^The move would do setup, copy, validate \(job \w+\)\.$/),
    ]);
  });

  test('with --json is an event for each table, a forecast, and done', async () => {
    place.application('app.db', 100);
    const { stdout } = await plan('--json');
    expect(stdout.events).toMatchObject([
      {
        event: 'plan',
        source: { table: 'places', layout: 'mapped' },
        target: { table: 'places', layout: 'own', state: 'absent' },
        survey: { coverage: 'scan', rows: { value: 100, exact: true } },
        limits: { keyBytes: null },
        refusals: [],
      },
      {
        event: 'forecast',
        steps: ['setup', 'copy', 'validate'],
        copy: { operations: { source: { reads: 1 }, target: { writes: 1 } } },
        prices: [{ side: 'source', amount: 0 }, { side: 'target' }],
        refusals: [],
      },
      { event: 'done', exit: 0, tables: 1 },
    ]);
  });

  test('with --sample says that it is one', async () => {
    place.application('app.db', 100);
    const { stdout } = await plan('--sample', '10');
    expect(stdout.text).toContain('values    a sample of 10 rows: the target can hold them all');
    expect(stdout.text).toMatch(/rows {6}100 rows, about .* \(estimated\)/);
  });

  test('with --where counts the rows that match', async () => {
    place.application('app.db', 100);
    const { stdout } = await plan('--where', "PartitionKey eq 'FR'");
    expect(stdout.text).toContain('rows      50 rows');
  });

  test('of an interrupted one tells what is left of it', async () => {
    place.application('app.db');
    await move('--setup', '--copy');
    const { exit, stdout } = await plan();
    expect({ exit, last: stdout.lines.at(-1) }).toEqual({
      exit: 0,
      last: expect.stringMatching(/^The move would go on with validate/),
    });
  });
});

describe('a plan of a move that would be refused', () => {
  beforeEach(() => {
    place.application('app.db', 4);
    place.application('other.db', 1);
    place.sql('other.db', 'create table rows (p text not null, r text not null, primary key (p, r))');
    place.sql('other.db', "insert into rows values ('a', 'b')");
  });

  const refusable = ['plan', placesUrl('app.db'), 'sqlite:other.db?partitionKey=p&rowKey=r#rows'];

  test('is exit 6, and lists every reason', async () => {
    const { exit, stdout, stderr } = await capturedRun(refusable, { cwd: place.directory });
    expect({ exit, error: stderr.lines[0] }).toEqual({
      exit: 6,
      error: 'error: the move would be refused, for 2 reasons (CLI_PLAN_REFUSED)',
    });
    expect(stdout.text).toContain('(MOVE_NOT_EMPTY)');
    expect(stdout.text).toContain('(MOVE_NOT_REPRESENTABLE)');
    expect(stdout.text).toContain('4 rows: property "name" has no column in table rows; first ');
    expect(stdout.text).toContain('consent   --into-existing or --recreate');
  });

  test('with --json ends with failed, behind the reasons', async () => {
    const { stdout } = await capturedRun([...refusable, '--json'], { cwd: place.directory });
    expect(stdout.events).toMatchObject([
      { event: 'plan', consents: ['intoExisting', 'recreate'] },
      { event: 'forecast', refusals: [{ code: 'MOVE_NOT_EMPTY' }, { code: 'MOVE_NOT_REPRESENTABLE' }] },
      { event: 'failed', exit: 6, code: 'CLI_PLAN_REFUSED' },
    ]);
  });

  test('leaves everything as it was', async () => {
    const before = await place.snapshot();
    await capturedRun(refusable, { cwd: place.directory });
    expect(await place.snapshot()).toEqual(before);
  });

  test('leaves the control store and the target as they were', async () => {
    await move();
    const { 'new.db': target, '.changeover/control.db': control } = await place.snapshot();
    await plan();
    expect(await place.snapshot()).toMatchObject({ 'new.db': target, '.changeover/control.db': control });
  });

  test('because it is done already says so', async () => {
    await move();
    const { exit, stdout } = await plan();
    expect({ exit, text: stdout.text }).toEqual({
      exit: 6,
      text: expect.stringContaining('(MOVE_ALREADY_COPIED)'),
    });
  });
});

describe('a plan that makes no sense is exit 2:', () => {
  test.each([
    ['a source that is not there', ['sqlite:none.db#t', 'sqlite:new.db'], 'TABLE_NOT_FOUND'],
    ['a mapped target that is not there', [SIDES[0], 'sqlite:app.db?partitionKey=a&rowKey=b#none'], 'TABLE_'],
    ['a number of rows that is none', [...SIDES, '--sample', '0'], 'CLI_USAGE'],
    ['a list of prices that is not there', [...SIDES, '--prices', 'none.json'], 'CLI_USAGE'],
  ])('%s', async (_, argv, code) => {
    place.application('app.db');
    const before = await place.snapshot();
    const { exit, stderr } = await capturedRun(['plan', ...argv.map(String)], { cwd: place.directory });
    expect({ exit, errors: stderr.text }).toEqual({ exit: 2, errors: expect.stringContaining(code) });
    expect(await place.snapshot()).toEqual(before);
  });
});

describe('--prices', () => {
  const SQLITE = { vendor: 'sqlite', currency: 'EUR', perMillionReads: 2_000_000, perMillionWrites: 0 };

  async function planWith(prices: unknown) {
    place.application('app.db');
    await writeFile(place.path('prices.json'), JSON.stringify(prices));
    return plan('--prices', 'prices.json');
  }

  test('takes the place of our own list', async () => {
    const { stdout } = await planWith([{ ...SQLITE, asOf: '2026-01-31', source: 'our contract' }]);
    expect(stdout.text).toContain('source: 4.00 EUR (2026-01-31, our contract)');
  });

  test('says where in the list something is wrong', async () => {
    const { exit, stderr } = await planWith([{ ...SQLITE, perMillionReads: -1, asOf: 'today', source: 's' }]);
    expect(exit).toBe(2);
    expect(stderr.lines[0]).toMatch(/\[0\]\.perMillionReads: .*\[0\]\.asOf: /);
  });
});
