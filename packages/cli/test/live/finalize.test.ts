import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { capturedRun } from '../support/captured-run.ts';
import { LivePlace, NAME, SOURCE, TARGET } from './live-place.ts';

const RETIRED = 'orders_retired_orders';
const MAPPED = 'sqlite:app.db?partitionKey=country&rowKey=id&version=rev#places';

let place: LivePlace;

beforeEach(async () => {
  place = await LivePlace.create();
  await place.all(`create ${NAME} ${SOURCE} ${TARGET}`, `start ${NAME}`);
});

afterEach(() => place.remove());

/** What a dry run says, which must change nothing. */
async function dryRun(...options: readonly string[]): Promise<string> {
  const before = await place.workplace.snapshot();
  const { exit, stdout } = await place.live(['finalize', NAME, '--dry-run', ...options]);
  expect({ exit, files: await place.workplace.snapshot() }).toEqual({ exit: 0, files: before });
  return stdout.text;
}

describe('--dry-run says what becomes of the source:', () => {
  test('its new name, and how many rows it has', async () => {
    expect(await dryRun()).toMatch(
      /then rename the source table "orders" of sqlite:.*#orders \(about 12 rows\) to "orders_retired_orders", and keep its rows/,
    );
  });

  test('that its rows are deleted', async () => {
    expect(await dryRun('--wipe-source')).toMatch(
      /to "orders_retired_orders", and delete every row of it\. Nothing was changed/,
    );
  });

  test('that it stays as it is', async () => {
    expect(await dryRun('--keep-source')).toMatch(/then leave the source table "orders" .* as it is/);
  });

  test('with --json', async () => {
    const { stdout } = await place.live(['finalize', NAME, '--dry-run', '--json']);
    expect(stdout.events.at(-1)).toMatchObject({
      dryRun: true,
      source: { table: 'orders', newTable: RETIRED, mapped: false, wipe: false, rows: 12 },
    });
  });
});

test('Who opens the source by its old URL hears that it is not there', async () => {
  await place.all(`finalize ${NAME} --yes`);
  const world = { cwd: place.workplace.directory };
  const { exit, stderr } = await capturedRun(['export', SOURCE, 'file:out.ndjson'], world);
  expect({ exit, text: stderr.text }).toMatchObject({
    exit: 2,
    text: expect.stringContaining('TABLE_NOT_FOUND'),
  });
});

test('The end says where the source is, and how to wipe it', async () => {
  const { stdout } = await place.live(['finalize', NAME, '--yes']);
  expect(stdout.text).toMatch(
    /Retired: the source table, renamed to "orders_retired_orders": sqlite:.*#orders_retired_orders\.\nNext: .*"changeover live finalize orders --wipe-source"\.\n/,
  );
});

test('status says where the source is', async () => {
  await place.all(`finalize ${NAME} --yes`);
  expect((await place.live(['status', NAME])).stdout.text).toMatch(
    /retired: +the source table, renamed to "orders_retired_orders": sqlite:/,
  );
  expect(await place.status()).toMatchObject({ retired: { table: RETIRED, renamed: true, wiped: false } });
});

test('A source is wiped long after it was renamed', async () => {
  await place.all(`finalize ${NAME} --yes`);
  const before = place.keys('source.db', RETIRED);
  await place.all(`finalize ${NAME} --yes --wipe-source`);
  expect([before, place.keys('source.db', RETIRED)]).toEqual([expect.arrayContaining(['a/0000']), []]);
});

test('A source that is kept can be renamed later', async () => {
  await place.all(`finalize ${NAME} --yes --keep-source`);
  const before = place.keys('source.db');
  await place.all(`finalize ${NAME} --yes`);
  expect(place.keys('source.db', RETIRED)).toEqual(before);
});

test('A source that a view would follow keeps its name until that is dropped', async () => {
  place.workplace.sql('source.db', 'create view recent as select * from orders');
  const { exit, stdout } = await place.live(['finalize', NAME, '--yes']);
  expect({ exit, text: stdout.text }).toEqual({
    exit: 0,
    text: expect.stringMatching(/under its own name: sqlite:.*#orders, since .*view recent/),
  });
  place.workplace.sql('source.db', 'drop view recent');
  await place.all(`finalize ${NAME} --yes`);
  expect(await place.status()).toMatchObject({ retired: { table: RETIRED, renamed: true, why: null } });
});

describe("An application's own table", () => {
  beforeEach(async () => {
    await place.all(`finalize ${NAME} --yes`);
    place.workplace.application('app.db', 6);
    place.workplace.sql('app.db', 'alter table places add column rev integer not null default 1');
    await place.live(['create', 'places', MAPPED, TARGET]);
    await place.all('start places --until complete');
  });

  test('is said to be one, before it is renamed', async () => {
    await place.all('start places');
    const { stdout } = await place.live(['finalize', 'places', '--dry-run']);
    expect(stdout.text).toMatch(/rename the source table "places", which is an application's own, of /);
  });

  test('is renamed, and wiped later', async () => {
    await place.all('start places', 'finalize places --yes');
    const rows = () => place.workplace.query('app.db', 'select count(*) from places_retired_places');
    const before = rows();
    await place.all('finalize places --yes --wipe-source');
    expect([before, rows()]).toEqual([[6], [0]]);
  });

  test('is counted by partitions, while it is on both sides', async () => {
    await place.all('rollback places --partition FR --yes');
    const { stdout } = await place.live(['rollback', 'places', '--dry-run', '--json']);
    expect(stdout.events.at(-1)).toMatchObject({
      stage: 'turned back in part',
      partitions: { source: 1, target: 1 },
    });
  });
});
