import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CapturedRun, capturedRun, type World } from '../support/captured-run.ts';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
  place.application('app.db');
});

afterEach(() => place.remove());

const PLACES = placesUrl('app.db');
/** How a mapping writes the integers 0 and 1 as keys, but for the last digit: 8 and 9. */
const KEY = '0922337203685477580';

function run(argv: readonly string[], world: World = {}): Promise<CapturedRun> {
  return capturedRun(['export', ...argv], { cwd: place.directory, ...world });
}

function written(name: string): Promise<string> {
  return readFile(place.path(name), 'utf8');
}

function ndjson(country: string, id: number): string {
  const properties = { name: { type: 'string', value: `place ${id}` } };
  return `${JSON.stringify({ partitionKey: country, rowKey: `${KEY}${8 + id}`, properties })}\n`;
}

const FIRST = ['--limit', '1'];

describe('an export', () => {
  test('writes a line of JSON for each row, in the order of their keys, and says how many', async () => {
    place.sql('app.db', 'delete from places where id = 2');
    const { exit, stdout } = await run([PLACES, 'places.ndjson']);
    expect({ exit, file: await written('places.ndjson') }).toEqual({
      exit: 0,
      file: ndjson('FR', 0) + ndjson('JP', 1),
    });
    expect(stdout.text).toMatch(/^Exported 2 rows of places to places\.ndjson in .*\.\n$/);
  });

  test('writes CSV by the name of the file', async () => {
    await run([PLACES, 'file:places.csv', ...FIRST]);
    expect(await written('places.csv')).toBe(`PartitionKey,RowKey,name:string\r\nFR,${KEY}8,place 0\r\n`);
  });

  test('writes only the header of an empty table', async () => {
    place.sql('app.db', 'delete from places');
    await run([PLACES, 'places.csv']);
    expect(await written('places.csv')).toBe('PartitionKey,RowKey\r\n');
  });

  test.each(['ndjson', 'csv'])('to standard output has the rows and nothing else, as %s', async (format) => {
    const { exit, stdout } = await run([PLACES, 'file:-', '--format', format]);
    await run([PLACES, `places.${format}`]);
    expect({ exit, text: stdout.text }).toEqual({ exit: 0, text: await written(`places.${format}`) });
  });

  test('has only the rows that --where names, and the first so many of them', async () => {
    place.application('big.db', 3_000);
    await run([placesUrl('big.db'), 'p.ndjson', '--where', "PartitionKey eq 'JP'", '--limit', '1200']);
    const lines = (await written('p.ndjson')).trimEnd().split('\n');
    expect(lines).toHaveLength(1_200);
    expect(lines.every((line) => line.startsWith('{"partitionKey":"JP"'))).toBe(true);
  });

  test('leaves its source as it was, and only the file beside it', async () => {
    const before = await place.snapshot();
    await run([PLACES, 'places.csv']);
    const { 'places.csv': file, ...after } = await place.snapshot();
    expect({ file, after }).toEqual({ file: expect.any(String), after: before });
  });

  test('with --json prints its events, the last with the counts', async () => {
    const { stdout } = await run([PLACES, 'places.ndjson', '--json']);
    expect(stdout.events.map(({ event, rows, finished }) => [event, rows, finished])).toEqual([
      ['progress', 3, false],
      ['progress', 3, true],
      ['done', 3, undefined],
    ]);
    expect(stdout.events.at(-1)).toMatchObject({ exit: 0, table: 'places', format: 'ndjson', job: null });
  });

  test('with --json and --quiet prints the last event only', async () => {
    const { stdout } = await run([PLACES, 'places.ndjson', '--json', '--quiet']);
    expect(stdout.events.map(({ event }) => event)).toEqual(['done']);
  });
});

describe('a file that is there', () => {
  test('is not touched', async () => {
    await writeFile(place.path('places.csv'), '');
    const { exit, stderr } = await run([PLACES, 'places.csv']);
    expect({ exit, file: await written('places.csv') }).toEqual({ exit: 6, file: '' });
    expect(stderr.text).toContain('FILE_EXISTS');
  });

  test('is replaced with --overwrite if an export wrote it', async () => {
    await run([PLACES, 'places.csv']);
    const { exit } = await run([PLACES, 'places.csv', '--overwrite', ...FIRST]);
    expect({ exit, lines: (await written('places.csv')).split('\r\n').length }).toEqual({
      exit: 0,
      lines: 3,
    });
  });

  test('is never replaced if it is another file: the source itself, say', async () => {
    const before = await place.snapshot();
    const { exit } = await run([PLACES, 'app.db', '--format', 'csv', '--overwrite']);
    expect({ exit, after: await place.snapshot() }).toEqual({ exit: 6, after: before });
  });
});

test('Ctrl-C ends an export with exit 4, leaves no part of it, and the file that was there before', async () => {
  place.application('big.db', 100_000);
  await run([PLACES, 'places.csv']);
  const before = await place.snapshot();
  const child = place.start('export', placesUrl('big.db'), 'places.csv', '--overwrite', '--json');
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.includes('"progress"')) child.kill('SIGINT');
  });
  const [exit] = (await once(child, 'close')) as [number];
  expect({ exit, after: await place.snapshot() }).toEqual({ exit: 4, after: before });
  expect(stdout).toContain('It begins anew: run the same command again.');
});

describe('what makes no sense', () => {
  test.each([
    [[PLACES, 'places'], 2, 'STORE_URL_INVALID', '--format ndjson'],
    [[PLACES, 'sqlite:new.db#places'], 2, 'STORE_URL_INVALID', 'file:sqlite:new.db#places'],
    [[PLACES, 'places.csv', '--format', 'xml'], 2, 'CLI_USAGE', 'changeover export --help'],
    [[PLACES, 'places.csv', '--limit', '0'], 2, 'CLI_USAGE', 'changeover export --help'],
    [[PLACES, 'places.csv', '--where', 'x eq'], 2, 'TABLE_FILTER_INVALID', 'hint: '],
    [[PLACES, 'file:-', '--format', 'csv', '--json'], 2, 'CLI_USAGE', 'name a file'],
    [['sqlite:app.db', 'places.csv'], 2, 'CLI_USAGE', 'app.db#orders'],
    [['sqlite:app.db#places', 'places.csv'], 2, 'TABLE_MAPPING_REQUIRED', 'partitionKey='],
    [[PLACES.replace('#places', '#other'), 'places.csv'], 2, 'TABLE_NOT_FOUND', 'hint: '],
    [[PLACES, 'no/places.csv'], 2, 'FILE_NOT_FOUND', 'hint: '],
    [[PLACES, 'folder', '--format', 'csv'], 2, 'FILE_NOT_A_FILE', 'hint: '],
  ])('%j is refused, and leaves nothing behind', async (argv, exit, code, hint) => {
    await mkdir(place.path('folder'));
    const before = await readdir(place.directory, { recursive: true });
    const found = await run(argv);
    expect({ exit: found.exit, after: await readdir(place.directory, { recursive: true }) }).toEqual({
      exit,
      after: before,
    });
    expect(found.stderr.text).toContain(`(${code})`);
    expect(found.stderr.text).toContain(hint);
  });
});
