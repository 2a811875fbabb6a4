import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CapturedRun, capturedRun, type World } from '../support/captured-run.ts';
import { placesUrl, Workplace } from '../support/workplace.ts';

let place: Workplace;

beforeEach(async () => {
  place = await Workplace.create();
});

afterEach(() => place.remove());

const TARGET = 'sqlite:new.db#orders';

function run(argv: readonly string[], world: World = {}): Promise<CapturedRun> {
  return capturedRun(['import', ...argv], { cwd: place.directory, ...world });
}

/** The lines of `count` rows, from 1 on. */
function lines(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => line(String(index + 1), index + 1));
}

function line(rowKey: string, n: number): string {
  return `{"partitionKey":"a","rowKey":"${rowKey}","properties":{"n":{"type":"int32","value":${n}}}}`;
}

function put(name: string, ...each: readonly string[]): Promise<void> {
  return writeFile(place.path(name), each.map((text) => `${text}\n`).join(''));
}

/** The row keys and properties of the table, as the store keeps them. */
function stored(): readonly unknown[] {
  const db = new Database(place.path('new.db'), { readonly: true });
  const rows = db.prepare('select row_key, properties from orders').raw().all();
  db.close();
  return rows;
}

describe('an import', () => {
  test('makes the table, loads every row, and says how many', async () => {
    await put('orders.ndjson', ...lines(2));
    const { exit, stdout } = await run(['orders.ndjson', TARGET]);
    expect({ exit, rows: stored() }).toEqual({
      exit: 0,
      rows: [
        ['1', '{"n":{"i":1}}'],
        ['2', '{"n":{"i":2}}'],
      ],
    });
    expect(stdout.text).toMatch(/^Imported 2 rows into orders from orders\.ndjson in .*\.\n$/);
  });

  test.each(['ndjson', 'csv'])('of an export makes the very same %s again', async (format) => {
    place.application('app.db', 2_500);
    const [first, second] = [`first.${format}`, `second.${format}`];
    await capturedRun(['export', placesUrl('app.db'), first], { cwd: place.directory });
    await run([first, 'sqlite:copy.db#places']);
    await capturedRun(['export', 'sqlite:copy.db#places', second], { cwd: place.directory });
    const hashes = await place.snapshot();
    expect(hashes[second]).toBe(hashes[first]);
  });

  test('loads into an application’s own table, which is empty', async () => {
    place.application('app.db', 0);
    const key = '09223372036854775813';
    await put('places.csv', 'PartitionKey,RowKey,name:string', `FR,${key},Lyon`);
    expect((await run(['places.csv', placesUrl('app.db')])).exit).toBe(0);
    const db = new Database(place.path('app.db'), { readonly: true });
    expect(db.prepare('select country, id, name from places').raw().all()).toEqual([['FR', 5, 'Lyon']]);
    db.close();
  });

  test('reads standard input', async () => {
    const { exit } = await run(['file:-', TARGET, '--format', 'ndjson'], { typed: `${line('1', 5)}\n` });
    expect({ exit, rows: stored() }).toEqual({ exit: 0, rows: [['1', '{"n":{"i":5}}']] });
  });

  test('has only the rows that --where names, and the first so many of them', async () => {
    await put('orders.ndjson', ...lines(9));
    await run(['orders.ndjson', TARGET, '--where', 'n gt 3', '--limit', '2']);
    expect(stored()).toEqual([
      ['4', '{"n":{"i":4}}'],
      ['5', '{"n":{"i":5}}'],
    ]);
  });

  test.each(['1', '1000'])(
    'keeps the later of two rows with one key, in batches of %s',
    async (batchRows) => {
      await put('orders.ndjson', line('1', 5), line('2', 6), line('1', 7));
      const { exit } = await run(['orders.ndjson', TARGET, '--batch-rows', batchRows]);
      expect({ exit, rows: stored() }).toEqual({
        exit: 0,
        rows: [
          ['1', '{"n":{"i":7}}'],
          ['2', '{"n":{"i":6}}'],
        ],
      });
    },
  );

  test('of an empty file makes an empty table', async () => {
    await put('orders.ndjson');
    expect({ exit: (await run(['orders.ndjson', TARGET])).exit, rows: stored() }).toEqual({
      exit: 0,
      rows: [],
    });
  });

  test('with --json prints its events, the last with the counts', async () => {
    await put('orders.ndjson', ...lines(2));
    const { stdout } = await run(['orders.ndjson', TARGET, '--json']);
    expect(stdout.events.map(({ event, rows }) => [event, rows])).toEqual([
      ['progress', 2],
      ['progress', 2],
      ['done', 2],
    ]);
  });
});

describe('a malformed line', () => {
  test('is named with its file, line and column, and keeps its batch out, but not the batches before', async () => {
    await put('orders.ndjson', ...lines(5), '{"partitionKey":"a"}', ...lines(9));
    const { exit, stderr } = await run(['orders.ndjson', TARGET, '--batch-rows', '2']);
    expect({ exit, rows: stored().length }).toEqual({ exit: 2, rows: 4 });
    expect(stderr.lines).toEqual([
      'error: orders.ndjson, line 6, column 1: the row has no "rowKey"; 4 rows had been imported (FILE_MALFORMED)',
      'hint: Mend that line. If the table is not empty now, add --into-existing: it writes over what is there.',
    ]);
  });

  test('among the first rows leaves no table and no file of it', async () => {
    await put('orders.ndjson', ...lines(2), 'x');
    const { exit, stderr } = await run(['orders.ndjson', TARGET]);
    expect({ exit, files: Object.keys(await place.snapshot()) }).toEqual({
      exit: 2,
      files: ['orders.ndjson'],
    });
    expect(stderr.text).toContain('; nothing was imported');
  });

  test('among the first rows does not drop the table that --recreate names', async () => {
    await put('orders.ndjson', ...lines(2));
    await run(['orders.ndjson', TARGET]);
    await put('bad.ndjson', 'x');
    const { exit } = await run(['bad.ndjson', TARGET, '--recreate', '--yes']);
    expect({ exit, rows: stored().length }).toEqual({ exit: 2, rows: 2 });
  });
});

describe('a row that the table cannot hold', () => {
  test('is named with its line, key and property, and leaves the table as it was', async () => {
    place.application('app.db', 0);
    const key = '09223372036854775813';
    await put('places.csv', 'PartitionKey,RowKey,name:string,size:int32', `FR,${key},Lyon,`, `JP,${key},,7`);
    const { exit, stderr } = await run(['places.csv', placesUrl('app.db')]);
    expect(exit).toBe(6);
    expect(stderr.lines[0]).toMatch(
      /^error: places\.csv, line 3: row "JP"\/"09223372036854775813": property "size" .*; nothing was imported \(FILE_NOT_REPRESENTABLE\)$/,
    );
  });

  test('because its key is reserved is refused before a table is made', async () => {
    await put('orders.ndjson', line('_changeover.meta', 1));
    const { exit, stderr } = await run(['orders.ndjson', TARGET]);
    expect({ exit, files: Object.keys(await place.snapshot()) }).toEqual({
      exit: 6,
      files: ['orders.ndjson'],
    });
    expect(stderr.text).toContain(
      'line 1: row "a"/"_changeover.meta": the row has a row key that is reserved',
    );
  });
});

describe('a table with rows', () => {
  beforeEach(async () => {
    await put('orders.ndjson', ...lines(2));
    await run(['orders.ndjson', TARGET]);
    await put('more.ndjson', line('2', 7), line('3', 8));
  });

  test('is refused without consent', async () => {
    const { exit, stderr } = await run(['more.ndjson', TARGET]);
    expect({ exit, rows: stored().length }).toEqual({ exit: 6, rows: 2 });
    expect(stderr.text).toContain('CLI_NOT_EMPTY');
    expect(stderr.text).toContain('--into-existing');
  });

  test('is written over and beside with --into-existing', async () => {
    await run(['more.ndjson', TARGET, '--into-existing']);
    expect(stored()).toEqual([
      ['1', '{"n":{"i":1}}'],
      ['2', '{"n":{"i":7}}'],
      ['3', '{"n":{"i":8}}'],
    ]);
  });

  test('is dropped first with --recreate --yes', async () => {
    await run(['more.ndjson', TARGET, '--recreate', '--yes']);
    expect(stored()).toEqual([
      ['2', '{"n":{"i":7}}'],
      ['3', '{"n":{"i":8}}'],
    ]);
  });

  test('is named and kept with --recreate --dry-run', async () => {
    const { exit, stdout } = await run(['more.ndjson', TARGET, '--recreate', '--dry-run']);
    expect({ exit, rows: stored().length }).toEqual({ exit: 0, rows: 2 });
    expect(stdout.text).toMatch(
      /^This would drop the table orders of .*new\.db with all its rows\.\nNothing was changed\.\n$/,
    );
  });

  test.each([
    ['orders\n', 0, 2],
    ['Orders\n', 6, 2],
  ])('asks for its name to be typed with --recreate alone: %j', async (typed, exit, rows) => {
    const found = await run(['more.ndjson', TARGET, '--recreate'], { typed });
    expect({ exit: found.exit, rows: stored().length }).toEqual({ exit, rows });
    expect(found.stderr.text).toContain('Type orders to agree: ');
  });
});

describe('what makes no sense', () => {
  test.each([
    [['no.ndjson', TARGET], 'FILE_NOT_FOUND', 'no.ndjson'],
    [['folder', TARGET, '--format', 'csv'], 'FILE_NOT_A_FILE', 'is a directory'],
    [['orders.ndjson', 'sqlite:new.db'], 'CLI_USAGE', 'names no table'],
    [['sqlite:new.db#orders', 'orders.ndjson'], 'STORE_URL_INVALID', 'is not a file'],
    [['orders.ndjson', TARGET, '--recreate', '--into-existing'], 'CLI_USAGE', 'contradict each other'],
    [['file:-', TARGET, '--format', 'csv', '--recreate'], 'CLI_USAGE', 'Add --yes'],
    [['orders.ndjson', TARGET, '--dry-run'], 'CLI_USAGE', '--dry-run'],
  ])('%j is refused, and leaves nothing behind', async (argv, code, says) => {
    await mkdir(place.path('folder'));
    await put('orders.ndjson', ...lines(1));
    const { exit, stderr } = await run(argv);
    expect({ exit, files: Object.keys(await place.snapshot()).toSorted() }).toEqual({
      exit: 2,
      files: ['folder', 'orders.ndjson'],
    });
    expect(stderr.text).toContain(code);
    expect(stderr.text).toContain(says);
  });
});

test('Ctrl-C while waiting for standard input ends with exit 4, and keeps what was imported', async () => {
  const child = place.start('import', 'file:-', TARGET, '--format', 'ndjson', '--batch-rows', '10', '--json');
  child.stdin.write(
    lines(15)
      .map((text) => `${text}\n`)
      .join(''),
  );
  let stdout = '';
  for await (const chunk of child.stdout) {
    stdout += String(chunk);
    if (stdout.includes('"rows":10')) break;
  }
  child.kill('SIGINT');
  const [exit] = (await once(child, 'close')) as [number];
  expect({ exit, rows: stored().length }).toEqual({ exit: 4, rows: 10 });
});
