import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventsOf } from '../support/events-of.ts';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

const TWO_TABLES = `
source: sqlite:app.db
target: sqlite:new.db
tables:
  - source: { table: places, partitionKey: country, rowKey: id }
  - source: { table: people, partitionKey: id, rowKey: id }
    target: users
    where: name ne 'nobody'
`;

beforeEach(async () => {
  place = await Workplace.create();
  place.application('app.db', 10);
  place.sql('app.db', 'create table people (id integer primary key, name text)');
  place.sql('app.db', "insert into people values (1, 'Ada'), (2, 'nobody')");
  await writeFile(place.path('move.yaml'), TWO_TABLES);
});

afterEach(() => place.remove());

function move(...options: readonly string[]) {
  return place.run('move', '--config', 'move.yaml', ...options);
}

describe('move --config', () => {
  test('moves each table that is listed, and sums up at the end', async () => {
    const { exit, stdout, stderr } = await move();
    expect({ exit, stdout }, stderr).toEqual({
      exit: 0,
      stdout: expect.stringMatching(
        /^Copied 11 rows of 2 tables .*\nCompared 11 rows .*the same\.\nNext: .*\n$/,
      ),
    });
    expect(place.query('new.db', 'select count(*) from places union all select count(*) from users')).toEqual(
      [10, 1],
    );
  });

  test('with --json tells of every job, and ends once', async () => {
    const events = eventsOf(await move('--json'));
    const jobs = events.filter(({ event }) => event === 'started').map(({ job }) => job);
    expect(jobs).toHaveLength(2);
    expect(events.filter(({ event }) => event === 'done')).toMatchObject([{ jobs, tables: 2, rows: 11 }]);
  });

  test('finds paths beside the config, not in the working directory', async () => {
    await mkdir(place.path('sub'));
    const { exit } = await place.run('move', '--config', 'move.yaml', '--control', 'sqlite:sub/c.db');
    const files = Object.keys(await place.snapshot());
    expect({ exit, made: ['new.db', 'sub/c.db', '.changeover'].map((file) => files.includes(file)) }).toEqual(
      {
        exit: 0,
        made: [true, true, false],
      },
    );
  });

  test('puts the rows of all tables into one report, with one sum', async () => {
    await move('--quiet');
    place.sql(
      'app.db',
      "update people set name = 'Bea' where id = 1; update places set name = 'x' where id = 3",
    );
    const { exit } = await move('--validate', '--report', 'r.ndjson');
    const report = (await readFile(place.path('r.ndjson'), 'utf8')).trimEnd().split('\n');
    expect({ exit, report: report.map((line) => JSON.parse(line) as unknown) }).toMatchObject({
      exit: 3,
      report: [
        { event: 'difference', table: 'places' },
        { event: 'difference', table: 'people' },
        { event: 'summary', different: 2 },
      ],
    });
  });

  test('goes on with the tables that are left, and says which were not', async () => {
    await move('--include', 'places');
    const { exit, stdout } = await move();
    expect({ exit, stdout }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(
        /^1 move of the config had been finished before\.\nCopied 1 row of 1 table/,
      ),
    });
  });

  test('is refused once all of it is finished', async () => {
    await move();
    const { exit, stderr } = await move();
    expect({ exit, stderr }).toEqual({ exit: 6, stderr: expect.stringContaining('MOVE_ALREADY_COPIED') });
  });

  test('lets SOURCE and TARGET of the command line win', async () => {
    await place.run('move', placesUrl('app.db'), 'sqlite:other.db#places', '--config', 'move.yaml');
    expect(Object.keys(await place.snapshot())).not.toContain('new.db');
  });

  test('lets --where win', async () => {
    const { stdout } = await move('--include', 'people', '--where', "name eq 'nobody'");
    expect(stdout).toMatch(/^Copied 1 row /);
    expect(place.query('new.db', 'select row_key from users')).toEqual(['09223372036854775810']);
  });

  test('gives numbers to options that are not named', async () => {
    await writeFile(place.path('move.yaml'), `rate: 1\nbatchRows: 1\n${TWO_TABLES}`);
    const { exit } = await move('--include', 'people', '--rate', '1000');
    expect(exit).toBe(0);
  });

  test('refuses a table further down before it begins with the first', async () => {
    await writeFile(place.path('move.yaml'), `${TWO_TABLES}  - source: nothing\n`);
    const before = await place.snapshot();
    const { exit, stderr } = await move();
    expect({ exit, stderr, after: await place.snapshot() }).toEqual({
      exit: 2,
      stderr: expect.stringMatching(
        /^error: move\.yaml:9: tables\[2\]\.source: .*nothing.*\(TABLE_NOT_FOUND\)\n/,
      ),
      after: before,
    });
  });

  test.each([
    ["where: name ne 'nobody'", 'where: name ne', 'move.yaml:8: tables[1].where: ', 'TABLE_FILTER_INVALID'],
    ['sqlite:new.db', 'sqlight:new.db', 'move.yaml:3: target: ', 'STORE_SCHEME_UNKNOWN'],
    ['sqlite:new.db', 'sqlite://u:secret@h/new.db', 'move.yaml:', 'STORE_SECRET_IN_URL'],
    ['sqlite:new.db', 'sqlite:new.db#places', 'move.yaml:3: target: ', 'CLI_CONFIG_INVALID'],
    ['target: sqlite:new.db', '', 'move.yaml:2: target: is missing', 'CLI_CONFIG_INVALID'],
    ['    target: users\n', '    targets: users\n', 'move.yaml:7: tables[1].targets: ', 'CLI_CONFIG_INVALID'],
  ])('with %j as %j says where', async (found, instead, says, code) => {
    await writeFile(place.path('move.yaml'), TWO_TABLES.replace(found, instead));
    const before = await place.snapshot();
    const { exit, stderr } = await move();
    expect({ exit, after: await place.snapshot() }).toEqual({ exit: 2, after: before });
    expect(stderr).toContain(says);
    expect(stderr).toContain(`(${code})`);
    expect(stderr).not.toContain('secret@');
  });

  test.each([
    [['--rename', 'places=x'], '--rename is for tables that the config does not list'],
    [['--include', 'place'], 'the config lists no table "place"'],
    [['--exclude', 'places', 'people'], 'no table is left to move'],
  ])('with %j is exit 2', async (options, message) => {
    const { exit, stderr } = await move(...options);
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: expect.stringContaining(message) });
  });
});

describe('the control store of a config', () => {
  test('is the default beside it, for status too', async () => {
    await mkdir(place.path('sub'));
    await writeFile(place.path('sub/move.yaml'), TWO_TABLES.replaceAll('sqlite:', 'sqlite:../'));
    const { exit } = await place.run('move', '--config', 'sub/move.yaml', '--quiet');
    const { stdout } = await place.run('status', '--config', 'sub/move.yaml');
    expect({ exit, stdout, beside: Object.keys(await place.snapshot()) }).toEqual({
      exit: 0,
      stdout: expect.stringMatching(/finished[^]*finished/),
      beside: expect.arrayContaining(['sub/.changeover/control.db']),
    });
  });
});

test('the example of the reference works as it stands', async () => {
  const page = await readFile(
    fileURLToPath(new URL('../../../../docs/reference/config.md', import.meta.url)),
    'utf8',
  );
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
  await writeFile(place.path('move.yaml'), example);
  await mkdir(place.path('jobs'));
  await makeShop();
  const transcript = await move();
  expect(transcript, transcript.stderr).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/^Copied 3 rows of 3 tables/),
  });
});

/** The stores that the example of the reference names. */
async function makeShop(): Promise<void> {
  place.sql('shop.db', 'create table notes0 (id integer primary key, text text)');
  place.sql('shop.db', "insert into notes0 values (1, 'remember')");
  await place.run(
    'move',
    'sqlite:shop.db?partitionKey=id&rowKey=id#notes0',
    'sqlite:shop.db#notes',
    '--quiet',
  );
  place.sql(
    'shop.db',
    `create table orders (region text not null, customer text not null, id integer not null, revision integer,
       placedAt text, paid integer, primary key (region, customer, id));
     insert into orders values ('eu', 'ada', 1, 1, '2012-02-18T00:00:00.0000000Z', 1),
       ('eu', 'ada', 2, 1, '2011-02-18T00:00:00.0000000Z', 0)`,
  );
  const customers = '(region text not null, id integer not null, name text, primary key (region, id))';
  place.sql('shop.db', `create table customers ${customers}; insert into customers values ('eu', 1, 'Ada')`);
  place.sql('new.db', `create table clients ${customers}`);
}
